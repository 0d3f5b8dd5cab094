using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What a fragment's headers say of it, in either version of IP.</summary>
internal readonly unsafe struct Fragment
{
    private readonly IpAddress _source;
    private readonly IpAddress _destination;
    private readonly ulong _identification;

    /// <summary>Reads an IPv4 fragment's header. The protocol is among what the fragments of a datagram have in common (RFC 791, 2.3).</summary>
    public Fragment(Ipv4Header* ip)
    {
        _source = IpAddress.From(ip->Source);
        _destination = IpAddress.From(ip->Destination);
        _identification = ip->Identification.Raw | ((ulong)ip->Protocol << 32);
        Header = (byte*)ip;
        Offset = ip->FragmentOffset;
        HasMore = ip->HasMoreFragments;
        LongestDatagram = Ipv4Header.MaximumPacket - Ipv4Header.Size;
    }

    /// <summary>Reads an IPv6 fragment's headers (RFC 8200, 4.5).</summary>
    public Fragment(Ipv6Header* ip, FragmentHeader* fragment)
    {
        _source = ip->Source;
        _destination = ip->Destination;
        _identification = fragment->Identification.Raw;
        Header = (byte*)ip;
        Offset = fragment->Offset;
        HasMore = fragment->HasMore;
        LongestDatagram = Ipv6Header.MaximumPayload;
    }

    /// <summary>The packet's first header, in the fragment's first buffer.</summary>
    public byte* Header { get; }

    /// <summary>Where in the datagram the fragment begins, in bytes.</summary>
    public int Offset { get; }

    /// <summary>Whether another fragment follows.</summary>
    public bool HasMore { get; }

    /// <summary>The most bytes that a datagram may have, without headers that each fragment has.</summary>
    public int LongestDatagram { get; }

    /// <summary>Whether another fragment is of the same datagram.</summary>
    public bool IsWith(in Fragment other) =>
        _identification == other._identification && _source == other._source && _destination == other._destination;

    /// <summary>A hash of what the fragments of a datagram have in common.</summary>
    public uint Hash(ulong seed) => (uint)_destination.Hash(_source.Hash(seed ^ _identification));
}
