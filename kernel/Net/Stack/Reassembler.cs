using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Puts IPv4 datagrams together from their fragments (RFC 791, 3.2; RFC 1122, 3.3.2), within bounds.</summary>
/// <remarks>
/// A datagram whose fragments overlap is dropped whole, with all that still comes of it: no honest sender makes one (RFC 5722 rules so for
/// IPv6). A fragment that comes twice with the same bounds is dropped alone. When too much is incomplete the oldest datagram goes.
/// Fragments stay in the buffers in which they arrived; a whole datagram is their chain.
/// </remarks>
internal sealed unsafe class Reassembler
{
    /// <summary>Datagrams that may be incomplete at once.</summary>
    public const int Capacity = 8;

    /// <summary>How long the fragments of a datagram may take, counted from the first that came.</summary>
    public static readonly Duration Timeout = Duration.FromSeconds(30);

    private readonly Reassembly[] _entries = new Reassembly[Capacity];
    private readonly DropCounters _drops;
    private readonly int _bufferLimit;
    private int _held;

    /// <summary>Makes one that holds at most <paramref name="bufferLimit"/> buffers.</summary>
    public Reassembler(DropCounters drops, int bufferLimit)
    {
        _drops = drops;
        _bufferLimit = Math.Max(bufferLimit, 1);
        for (int i = 0; i < Capacity; i++)
            _entries[i] = new Reassembly();
    }

    /// <summary>When <see cref="TakeExpired"/> has something to do.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>Buffers that are held now.</summary>
    public int Held => _held;

    /// <summary>The IPv4 header of the fragment at the beginning of what <see cref="Add"/> or <see cref="TakeExpired"/> returned last.</summary>
    public byte* HeaderOfWhole { get; private set; }

    /// <summary>Takes a fragment.</summary>
    /// <param name="piece">Its payload, with the IP header in front.</param>
    /// <param name="ip">Its header, in the same buffer.</param>
    /// <param name="now">The time.</param>
    /// <returns>The datagram's payload if it is whole now; else null, and the fragment is kept or dropped.</returns>
    public PacketBuffer? Add(PacketBuffer piece, Ipv4Header* ip, Instant now)
    {
        int start = ip->FragmentOffset;
        bool last = !ip->HasMoreFragments;
        if (piece.Length == 0 || (!last && piece.Length % 8 != 0) || start + piece.Length > Ipv4Header.MaximumPacket - Ipv4Header.Size)
        {
            _drops.Drop(piece, DropCause.Malformed);
            return null;
        }

        if (piece.Next is not null)
        {
            _drops.Drop(piece, DropCause.Oversized);
            return null;
        }

        Reassembly entry = FindOrBegin(ip, now);
        if (entry.Broken)
        {
            _drops.Drop(piece, DropCause.FragmentOverlap);
            return null;
        }

        while (_held >= _bufferLimit)
        {
            if (Evict(entry))
                continue;
            _drops.Drop(piece, DropCause.ReassemblyFull);
            return null;
        }

        bool fits = entry.TryInsert(piece, start, last, out bool duplicate);
        if (duplicate || !fits)
        {
            _drops.Drop(piece, DropCause.FragmentOverlap);
            if (!fits)
                Break(entry);
            return null;
        }

        if (start == 0)
            entry.FirstHeader = (byte*)ip;
        _held++;
        if (!entry.IsWhole)
            return null;
        _held -= entry.Count;
        PacketBuffer first = entry.TakeChain();
        HeaderOfWhole = entry.FirstHeader;
        return first;
    }

    /// <summary>Gives up one datagram whose time has passed.</summary>
    /// <returns>Its beginning, for an ICMP message about it; the caller counts and releases it. Null if nothing of the kind is left.</returns>
    public PacketBuffer? TakeExpired(Instant now)
    {
        Deadline = Instant.Never;
        foreach (Reassembly entry in _entries)
        {
            if (!entry.InUse)
                continue;
            if (entry.Due > now)
            {
                Deadline = Instant.Earlier(Deadline, entry.Due);
                continue;
            }

            _held -= entry.Count;
            PacketBuffer? beginning = entry.Beginning;
            entry.Drop(_drops, DropCause.ReassemblyTimeout, first: beginning is null ? 0 : 1);
            entry.InUse = false;
            if (beginning is null)
                continue;
            HeaderOfWhole = entry.FirstHeader;
            Deadline = now;
            return beginning;
        }

        return null;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        foreach (Reassembly entry in _entries)
        {
            entry.Drop(_drops, DropCause.ReassemblyTimeout);
            entry.InUse = false;
        }

        _held = 0;
        Deadline = Instant.Never;
    }

    private Reassembly FindOrBegin(Ipv4Header* ip, Instant now)
    {
        Reassembly? free = null;
        Reassembly oldest = _entries[0];
        foreach (Reassembly entry in _entries)
        {
            if (entry.Matches(ip))
                return entry;
            if (!entry.InUse)
                free = entry;
            else if (entry.Due < oldest.Due)
                oldest = entry;
        }

        if (free is null)
        {
            GiveUp(oldest);
            free = oldest;
        }

        free.Begin(ip, now + Timeout);
        Deadline = Instant.Earlier(Deadline, free.Due);
        return free;
    }

    private bool Evict(Reassembly except)
    {
        Reassembly? oldest = null;
        foreach (Reassembly entry in _entries)
        {
            if (entry != except && entry.Count > 0 && (oldest is null || entry.Due < oldest.Due))
                oldest = entry;
        }

        if (oldest is null)
            return false;
        GiveUp(oldest);
        return true;
    }

    private void GiveUp(Reassembly entry)
    {
        _held -= entry.Count;
        entry.Drop(_drops, DropCause.ReassemblyFull);
        entry.InUse = false;
    }

    private void Break(Reassembly entry)
    {
        _held -= entry.Count;
        entry.Drop(_drops, DropCause.FragmentOverlap);
        entry.Broken = true;
    }
}
