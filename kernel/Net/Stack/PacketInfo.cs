using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What the layers have found out about the packet in hand, on its way in. Whoever reads it need not know the version of IP.</summary>
/// <remarks>An interface has one, which its layers hand on: a packet is brought to its end before the next one comes.</remarks>
internal sealed unsafe class PacketInfo(NetworkInterface via)
{
    /// <summary>The interface by which it came.</summary>
    public readonly NetworkInterface Via = via;

    /// <summary>The IP header, intact. Of a packet that was put together, that of its first fragment.</summary>
    public byte* Header;

    /// <summary>Bytes from the header to what the packet carries.</summary>
    public int HeaderLength;

    /// <summary>Whether it was sent to more than this host.</summary>
    public bool IsGroup;

    /// <summary>What the packet carries.</summary>
    public IpProtocol Protocol => ((Ipv4Header*)Header)->Protocol;

    /// <summary>Who sent it.</summary>
    public IpAddress Source
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IpAddress.From(((Ipv4Header*)Header)->Source);
    }

    /// <summary>Whom it was sent to.</summary>
    public IpAddress Destination
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IpAddress.From(((Ipv4Header*)Header)->Destination);
    }

    /// <summary>Whether a router met congestion and said so instead of dropping the packet (RFC 3168, 5: CE).</summary>
    public bool IsCongestionMarked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (((Ipv4Header*)Header)->TypeOfService & Ipv4Header.CongestionExperienced) == Ipv4Header.CongestionExperienced;
    }

    /// <summary>The unfolded sum of the pseudo-header of what the packet carries, which is never 0 (RFC 768; RFC 9293, 3.1).</summary>
    /// <param name="protocol">UDP or TCP.</param>
    /// <param name="length">Bytes behind the IP header.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong PseudoHeader(IpProtocol protocol, BigEndian16 length)
    {
        Ipv4Header* ip = (Ipv4Header*)Header;
        return (ulong)ip->Source.Raw + ip->Destination.Raw + ((uint)protocol << 8) + length.Raw;
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
}
