using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What the layers have found out about the packet in hand, on its way in. Whoever reads it need not know the version of IP.</summary>
/// <remarks>An interface has one, which its layers hand on: a packet is brought to its end before the next one comes.</remarks>
internal sealed unsafe class PacketInfo(NetworkInterface via)
{
    // Set in the first byte of every IPv6 header, and of no IPv4 header.
    private const byte VersionBit = 0x20;

    private IpProtocol _ipv6Protocol;

    /// <summary>The interface by which it came.</summary>
    public readonly NetworkInterface Via = via;

    /// <summary>The IP header, intact. Of a packet that was put together, that of its first fragment.</summary>
    public byte* Header;

    /// <summary>Bytes from the header to what the packet carries.</summary>
    public int HeaderLength;

    /// <summary>Whether it was sent to more than this host.</summary>
    public bool IsGroup;

    /// <summary>Whether the header is IPv6's.</summary>
    public bool IsIpv6
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (*Header & VersionBit) != 0;
    }

    /// <summary>What the packet carries.</summary>
    public IpProtocol Protocol => IsIpv6 ? _ipv6Protocol : ((Ipv4Header*)Header)->Protocol;

    /// <summary>Who sent it.</summary>
    public IpAddress Source
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsIpv6 ? ((Ipv6Header*)Header)->Source : IpAddress.From(((Ipv4Header*)Header)->Source);
    }

    /// <summary>Whom it was sent to.</summary>
    public IpAddress Destination
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsIpv6 ? ((Ipv6Header*)Header)->Destination : IpAddress.From(((Ipv4Header*)Header)->Destination);
    }

    /// <summary>The unfolded sum of the pseudo-header of what the packet carries, which is never 0 (RFC 768; RFC 8200, 8.1).</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="length">Bytes of its header and payload.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong PseudoHeader(IpProtocol protocol, BigEndian16 length)
    {
        Ipv4Header* ip = (Ipv4Header*)Header;
        ulong addresses = IsIpv6 ? Source.RawSum + Destination.RawSum : (ulong)ip->Source.Raw + ip->Destination.Raw;
        return addresses + ((uint)protocol << 8) + length.Raw;
    }

    /// <summary>Whether a router met congestion and said so instead of dropping the packet (RFC 3168, 5: CE).</summary>
    public bool IsCongestionMarked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int bits = IsIpv6 ? Header[1] >> 4 : ((Ipv4Header*)Header)->TypeOfService; // IPv6's traffic class begins in the middle of the first byte
            return (bits & Ipv4Header.CongestionExperienced) == Ipv4Header.CongestionExperienced;
        }
    }

    /// <summary>From which port, as it lies in the packet.</summary>
    public BigEndian16 SourcePort;

    /// <summary>Takes note of an IPv4 header.</summary>
    /// <param name="ip">The header, which was checked.</param>
    /// <param name="headerLength">Its length, in bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Describe(Ipv4Header* ip, int headerLength)
    {
        Header = (byte*)ip;
        HeaderLength = headerLength;
    }

    /// <summary>Takes note of an IPv6 header.</summary>
    /// <param name="ip">The header, which was checked.</param>
    /// <param name="headerLength">Its length with the headers that extend it, in bytes.</param>
    /// <param name="protocol">What the packet carries behind them.</param>
    public void Describe(Ipv6Header* ip, int headerLength, IpProtocol protocol)
    {
        Header = (byte*)ip;
        HeaderLength = headerLength;
        _ipv6Protocol = protocol;
    }
}
