using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;

namespace Guest.Net.Tests.Stack;

/// <summary>A device whose far side is the test: frames that it injects arrive, frames that the stack sends are kept.</summary>
internal sealed class FakeDevice(PacketPool pool, NetworkOffloads offloads = NetworkOffloads.None) : INetworkDevice
{
    private readonly Queue<byte[]> _arrivals = new();

    public Queue<byte[]> Sent { get; } = new();

    public string Name { get; init; } = "fake0";

    public MacAddress Address { get; set; } = Frames.OurLink;

    public int Mtu { get; set; } = 1500;

    public NetworkOffloads Offloads { get; set; } = offloads;

    public bool LinkUp { get; set; } = true;

    public PathCounters Counters { get; } = new("fake0");

    /// <summary>How many frames the transmit ring still takes.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>Whether arrivals are said to have good checksums.</summary>
    public bool Vouches { get; set; }

    /// <summary>Whether what is sent is forgotten at once, without taking memory.</summary>
    public bool Discards { get; set; }

    /// <summary>Whether checksums are completed and packets cut as the stack asks; else frames are kept as they come.</summary>
    public bool DoesAsAsked { get; set; }

    /// <summary>Packets that were cut.</summary>
    public int Cut { get; private set; }

    /// <summary>Calls of Transmit that told the far side.</summary>
    public int Notifications { get; private set; }

    /// <summary>The checksum request of the frame sent last: start and offset.</summary>
    public (int Start, int Offset) LastChecksum { get; private set; }

    /// <summary>If not 0, an arrival is cut into a chain of buffers of so many bytes.</summary>
    public int PieceSize { get; set; }

    /// <summary>Where in its page an arrival begins.</summary>
    public int Offset { get; set; } = PacketBuffer.Headroom;

    public void Inject(byte[] frame) => _arrivals.Enqueue(frame);

    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = Math.Min(Room, burst.Length);
        Room -= taken;
        foreach (PacketBuffer frame in burst[..taken])
        {
            if (Discards)
            {
                frame.Release();
                continue;
            }

            List<byte> bytes = [];
            for (PacketBuffer? piece = frame; piece is not null; piece = piece.Next)
                bytes.AddRange(piece.Data);
            if (DoesAsAsked && frame.SegmentSize != 0)
                SendCut([.. bytes], frame);
            else
                Sent.Enqueue(DoesAsAsked && frame.ChecksumStart != 0 ? OffloadModel.Complete([.. bytes], frame.ChecksumStart, frame.ChecksumOffset) : [.. bytes]);
            LastChecksum = (frame.ChecksumStart, frame.ChecksumOffset);
            frame.Release();
        }

        if (!more && taken > 0)
            Notifications++;
        return taken;
    }

    public int Receive(Span<PacketBuffer> burst)
    {
        int count = 0;
        while (count < burst.Length && _arrivals.TryPeek(out byte[]? frame) && Fill(frame) is { } buffer)
        {
            _arrivals.Dequeue();
            burst[count++] = buffer;
        }

        return count;
    }

    public bool Arm() => _arrivals.Count == 0;

    private void SendCut(byte[] packet, PacketBuffer head)
    {
        Cut++;
        foreach (byte[] segment in OffloadModel.Cut(packet, head.ChecksumStart, head.HeadersLength, head.SegmentSize))
            Sent.Enqueue(segment);
    }

    private PacketBuffer? Fill(byte[] frame)
    {
        int size = PieceSize == 0 ? PacketBuffer.Capacity - Offset : PieceSize;
        PacketBuffer? first = null;
        PacketBuffer? last = null;
        for (int at = 0; at == 0 || at < frame.Length; at += size)
        {
            PacketBuffer? piece = pool.TryTake();
            if (piece is null)
            {
                first?.Release();
                return null;
            }

            piece.Offset = Offset;
            piece.Length = Math.Min(size, frame.Length - at);
            frame.AsSpan(at, piece.Length).CopyTo(piece.Data);
            piece.ChecksumVerified = Vouches;
            if (last is null)
                first = piece;
            else
                last.Next = piece;
            last = piece;
        }

        return first;
    }
}
