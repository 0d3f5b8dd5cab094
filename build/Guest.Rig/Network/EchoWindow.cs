using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;

namespace Guest.Rig.Network;

/// <summary>The packets in flight of an echo client: makes each payload, recognises its reply, and keeps the tally.</summary>
/// <remarks>
/// A payload's first bytes are its number; the rest is a sequence that the number seeds, so every byte of every packet is known and
/// differs from its neighbour's. Payloads too short for a number are recognised by being equal to one in flight.
/// </remarks>
public sealed class EchoWindow
{
    private const int NumberSize = sizeof(uint);

    private readonly PacketSet _inFlight = new();
    private readonly PacketSet _abandoned = new();
    private readonly HashSet<uint> _answered = [];
    private readonly List<long> _roundTrips = [];
    private uint _next;

    /// <summary>The tally so far.</summary>
    public EchoResult Result { get; } = new();

    /// <summary>How long each echo took, in the ticks of <see cref="Stopwatch"/>, in the order of arrival.</summary>
    public IReadOnlyList<long> RoundTrips => _roundTrips;

    /// <summary>How many packets are unanswered.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Fills in the next payload and counts it as sent.</summary>
    public void Compose(Span<byte> payload)
    {
        Fill(payload, _next);
        _inFlight.Add(new Packet(_next, payload.Length, Stopwatch.GetTimestamp()));
        _next++;
        Result.Sent++;
    }

    /// <summary>Judges a reply.</summary>
    /// <returns>Whether it answered a packet in flight.</returns>
    public bool Accept(ReadOnlySpan<byte> reply)
    {
        if (_inFlight.TryTake(reply, out Packet packet))
        {
            _answered.Add(packet.Number);
            _roundTrips.Add(Stopwatch.GetTimestamp() - packet.SentAt);
            Result.Echoed++;
            return true;
        }
        if (_abandoned.TryTake(reply, out packet))
        {
            _answered.Add(packet.Number);
            Result.Late++;
        }
        else if (reply.Length >= NumberSize && _answered.Contains(BinaryPrimitives.ReadUInt32LittleEndian(reply)))
        {
            Result.Duplicated++;
        }
        else
        {
            Result.Altered++;
        }
        return false;
    }

    /// <summary>Gives up on what is in flight. What comes back of it nevertheless is late.</summary>
    public void Abandon()
    {
        Result.Lost += _inFlight.Count;
        _inFlight.MoveTo(_abandoned);
    }

    private static void Fill(Span<byte> payload, uint number)
    {
        Span<byte> head = stackalloc byte[NumberSize];
        BinaryPrimitives.WriteUInt32LittleEndian(head, number);
        head[..Math.Min(NumberSize, payload.Length)].CopyTo(payload);
        // A xorshift generator; its state must not be zero.
        uint state = number * 2_654_435_761u | 1;
        for (int i = NumberSize; i < payload.Length; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            payload[i] = (byte)state;
        }
    }

    private readonly record struct Packet(uint Number, int Length, long SentAt);

    /// <summary>Packets in the order of sending.</summary>
    private sealed class PacketSet
    {
        private readonly LinkedList<Packet> _packets = [];
        private readonly Dictionary<uint, LinkedListNode<Packet>> _byNumber = [];

        public int Count => _packets.Count;

        public void Add(Packet packet) => _byNumber.Add(packet.Number, _packets.AddLast(packet));

        /// <summary>Takes the packet out to which a reply is the answer, if there is one.</summary>
        public bool TryTake(ReadOnlySpan<byte> reply, out Packet packet)
        {
            LinkedListNode<Packet>? node = Find(reply, new byte[reply.Length]);
            packet = node?.Value ?? default;
            if (node is null)
                return false;
            _packets.Remove(node);
            _byNumber.Remove(packet.Number);
            return true;
        }

        public void MoveTo(PacketSet other)
        {
            foreach (Packet packet in _packets)
                other.Add(packet);
            _packets.Clear();
            _byNumber.Clear();
        }

        private LinkedListNode<Packet>? Find(ReadOnlySpan<byte> reply, Span<byte> expected)
        {
            if (reply.Length >= NumberSize)
            {
                return _byNumber.TryGetValue(BinaryPrimitives.ReadUInt32LittleEndian(reply), out LinkedListNode<Packet>? numbered)
                    && Equals(numbered.Value, reply, expected) ? numbered : null;
            }
            for (LinkedListNode<Packet>? node = _packets.First; node is not null; node = node.Next)
            {
                if (Equals(node.Value, reply, expected))
                    return node;
            }
            return null;
        }

        private static bool Equals(Packet packet, ReadOnlySpan<byte> reply, Span<byte> expected)
        {
            if (packet.Length != reply.Length)
                return false;
            Fill(expected, packet.Number);
            return reply.SequenceEqual(expected);
        }
    }
}
