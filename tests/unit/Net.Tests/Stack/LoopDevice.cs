using System;
using Guest.Core.Diagnostics;

namespace Guest.Net.Tests.Stack;

/// <summary>A device at whose far side one client sends a datagram again and again; nothing in it allocates.</summary>
internal sealed class LoopDevice(PacketPool pool, NetworkOffloads offloads) : INetworkDevice
{
    private byte[] _question = [];

    public string Name => "loop0";

    public MacAddress Address => Frames.OurLink;

    public int Mtu => 1500;

    public NetworkOffloads Offloads => offloads;

    public bool LinkUp => true;

    public PathCounters Counters { get; } = new("loop0");

    /// <summary>Arrivals that each call of Receive finds.</summary>
    public int BurstSize { get; set; }

    public long Answers { get; private set; }

    public void Ask(byte[] question) => _question = question;

    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        foreach (PacketBuffer frame in burst)
        {
            if (frame.Length == _question.Length && frame.Data[42..].SequenceEqual(_question.AsSpan(42)))
                Answers++;
            frame.Release();
        }

        return burst.Length;
    }

    public int Receive(Span<PacketBuffer> burst)
    {
        for (int i = 0; i < BurstSize; i++)
        {
            PacketBuffer buffer = pool.TryTake()!;
            buffer.Length = _question.Length;
            buffer.ChecksumVerified = (offloads & NetworkOffloads.ReceiveChecksum) != 0;
            _question.CopyTo(buffer.Data);
            burst[i] = buffer;
        }

        return BurstSize;
    }

    public bool Arm() => false;
}
