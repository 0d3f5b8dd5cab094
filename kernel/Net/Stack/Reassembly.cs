using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The fragments of one datagram that have come so far, in order.</summary>
internal sealed unsafe class Reassembly
{
    /// <summary>Fragments of one datagram; 65,535 bytes in pieces of 1,480 are 45.</summary>
    public const int Capacity = 64;

    private readonly PacketBuffer[] _pieces = new PacketBuffer[Capacity];
    private readonly int[] _starts = new int[Capacity];

    /// <summary>What the fragments have in common (RFC 791, 2.3), source and destination in one number; meaningless while free.</summary>
    public ulong Addresses;

    /// <summary>The rest of it: identification and protocol.</summary>
    public uint IdentificationAndProtocol;

    /// <summary>Whether this holds, or held, fragments of a datagram.</summary>
    public bool InUse;

    /// <summary>Whether the datagram was given up, so that its further fragments are too.</summary>
    public bool Broken;

    /// <summary>When it is given up.</summary>
    public Instant Due;

    /// <summary>Bytes in the datagram's payload, once its last fragment has come; else 0.</summary>
    public int Total;

    /// <summary>Bytes that have come.</summary>
    public int Received;

    /// <summary>The IPv4 header in front of <see cref="Beginning"/>.</summary>
    public byte* FirstHeader;

    /// <summary>Fragments that have come.</summary>
    public int Count;

    /// <summary>Whether a header names what the fragments here have in common.</summary>
    public bool Matches(Ipv4Header* ip) => InUse && Addresses == AddressesOf(ip) && IdentificationAndProtocol == RestOf(ip);

    /// <summary>Begins a datagram.</summary>
    public void Begin(Ipv4Header* ip, Instant due)
    {
        Addresses = AddressesOf(ip);
        IdentificationAndProtocol = RestOf(ip);
        InUse = true;
        Broken = false;
        Due = due;
        Total = 0;
        Received = 0;
        Count = 0;
    }

    /// <summary>Puts a fragment in its place.</summary>
    /// <returns>False if it overlaps one that is there, or contradicts it about the datagram's end; the fragment is then still the
    /// caller's.</returns>
    public bool TryInsert(PacketBuffer piece, int start, bool last, out bool duplicate)
    {
        int end = start + piece.Length;
        int at = Count;
        while (at > 0 && _starts[at - 1] > start)
            at--;
        duplicate = at > 0 && _starts[at - 1] == start && _pieces[at - 1].Length == piece.Length;
        if (duplicate)
            return true;
        bool overlaps = (at > 0 && EndOf(at - 1) > start) || (at < Count && _starts[at] < end);
        bool pastEnd = (Total != 0 && (end > Total || last)) || (last && Count > 0 && EndOf(Count - 1) > end);
        if (overlaps || pastEnd || Count == Capacity)
            return false;
        for (int i = Count; i > at; i--)
        {
            _pieces[i] = _pieces[i - 1];
            _starts[i] = _starts[i - 1];
        }

        _pieces[at] = piece;
        _starts[at] = start;
        Count++;
        Received += piece.Length;
        if (last)
            Total = end;
        return true;
    }

    /// <summary>Whether every byte is there: no two fragments overlap, so counting is enough.</summary>
    public bool IsWhole => Total != 0 && Received == Total;

    /// <summary>The first fragment if it is the datagram's beginning; else null.</summary>
    public PacketBuffer? Beginning => Count > 0 && _starts[0] == 0 ? _pieces[0] : null;

    /// <summary>Links the fragments into a chain, which is the caller's, and is free again.</summary>
    public PacketBuffer TakeChain()
    {
        for (int i = 0; i < Count - 1; i++)
            _pieces[i].Next = _pieces[i + 1];
        InUse = false;
        Count = 0;
        return _pieces[0];
    }

    /// <summary>Drops every fragment, from <paramref name="first"/> on.</summary>
    public void Drop(DropCounters drops, DropCause cause, int first = 0)
    {
        for (int i = first; i < Count; i++)
            drops.Drop(_pieces[i], cause);
        Count = first;
    }

    private int EndOf(int index) => _starts[index] + _pieces[index].Length;

    private static ulong AddressesOf(Ipv4Header* ip) => ((ulong)ip->Source.Raw << 32) | ip->Destination.Raw;

    private static uint RestOf(Ipv4Header* ip) => ((uint)ip->Identification.Raw << 8) | (uint)ip->Protocol;
}
