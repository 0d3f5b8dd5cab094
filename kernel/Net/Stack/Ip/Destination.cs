using System;
using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The way to one address of either version of IP: the interface, the next hop, and the Ethernet and IP headers of every packet that goes
/// there, written and summed in advance.</summary>
/// <remarks>What changes from packet to packet (length, protocol; identification and fragment bits of IPv4) is zero in the template and is added to
/// the words and to their sum as they are stored. Valid while <see cref="Generation"/> is the stack's: any change of
/// an address, a route or a neighbour makes a new generation.</remarks>
internal sealed unsafe class Destination
{
    /// <summary>Bytes of the two headers in front of what IPv4 carries.</summary>
    public const int Ipv4HeadersSize = EthernetHeader.Size + Ipv4Header.Size;

    /// <summary>Bytes of the two headers in front of what IPv6 carries.</summary>
    public const int Ipv6HeadersSize = EthernetHeader.Size + Ipv6Header.Size;

    /// <summary>The hops that a packet may take unless a router says otherwise (RFC 1700; RFC 4861, 6.3.2).</summary>
    public const byte UsualHopLimit = 64;

    /// <summary>The hops that a packet to a group may take unless a program says otherwise: for those on the link (RFC 1112, 6.1; RFC 3493, 5.2).</summary>
    public const byte GroupHopLimit = 1;

    private const int NotByTheCommonWay = -1;

    /// <summary>Where it leads.</summary>
    public IpAddress Address;

    /// <summary>The address that was asked for to send from; unspecified for whichever suits.</summary>
    public IpAddress WantedSource;

    /// <summary>The stack's generation when this was made; 0 for never.</summary>
    public int Generation;

    /// <summary>Whether the next hop's link address is known and in the template.</summary>
    public bool IsReady;

    /// <summary>Whether this is a broadcast address.</summary>
    public bool IsBroadcast;

    /// <summary>The next hop; for broadcast and multicast, which need none, an entry outside the cache.</summary>
    public Neighbour Neighbour;

    // The headers' bytes. Of IPv4 there are 34; 16 to 25 are zero but for the time to live. Of IPv6 there are 54; 18 to 20 are zero.
    private ulong _bytes0;
    private ulong _bytes8;
    private ulong _bytes16;
    private ulong _bytes24;
    private ulong _bytes32;
    private ulong _bytes40;
    private ulong _bytes48;
    private uint _sum;
    private uint _pseudoSum;

    /// <summary>Makes a destination of one interface, not yet valid.</summary>
    public Destination(NetworkInterface via, Neighbour neighbour)
    {
        Via = via;
        Neighbour = neighbour;
    }

    /// <summary>The interface that it is reached by.</summary>
    public NetworkInterface Via { get; }

    /// <summary>The longest packet that reaches the address in one piece, as far as is known: bytes with the IP header (RFC 8201, 3).</summary>
    public int Mtu { get; private set; }

    /// <summary>The longest UDP payload that goes by IPv4 in one packet and in one buffer; -1 for IPv6, whose headers are of another length.</summary>
    public int LongestIpv4Datagram { get; private set; }

    /// <summary>Who sends.</summary>
    public IpAddress Source { get; private set; }

    /// <summary>Whether the headers are IPv6's.</summary>
    public bool IsIpv6 => HeadersSize == Ipv6HeadersSize;

    /// <summary>Bytes of the Ethernet and the IP header together.</summary>
    public int HeadersSize { get; private set; } = Ipv4HeadersSize;

    /// <summary>Bytes of the header that a fragment has besides.</summary>
    public int FragmentHeaderSize => IsIpv6 ? FragmentHeader.Size : 0;

    /// <summary>Writes the template.</summary>
    /// <param name="source">Who sends: of the same version of IP as <paramref name="address"/>.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="linkSource">The interface's link address.</param>
    /// <param name="linkDestination">The next hop's.</param>
    /// <param name="mtu">The longest packet that reaches it, in bytes.</param>
    /// <param name="hopLimit">The hops that a packet may take.</param>
    public void Set(IpAddress source, IpAddress address, MacAddress linkSource, MacAddress linkDestination, int mtu, byte hopLimit = UsualHopLimit)
    {
        const int Words = 7;
        const int Fits = PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeader.Size;
        Address = address;
        Source = source;
        Mtu = mtu;
        ulong* words = stackalloc ulong[Words];
        new Span<ulong>(words, Words).Clear();
        byte* bytes = (byte*)words;
        if (address.IsIpv4)
        {
            HeadersSize = Ipv4HeadersSize;
            LongestIpv4Datagram = Math.Min(Mtu, Fits) - Ipv4Header.Size - UdpHeader.Size;
            *(EthernetHeader*)bytes = new EthernetHeader(linkDestination, linkSource, EtherType.Ipv4);
            Ipv4Header header = new(0, 0, 0, hopLimit, default, source, address);
            *(Ipv4Header*)(bytes + EthernetHeader.Size) = header;
            *(ushort*)(bytes + 24) = 0;
            _sum = (ushort)~header.Checksum.Raw;
            _pseudoSum = InternetChecksum.Fold((ulong)source.RawIpv4.Raw + address.RawIpv4.Raw);
        }
        else
        {
            HeadersSize = Ipv6HeadersSize;
            LongestIpv4Datagram = NotByTheCommonWay;
            *(EthernetHeader*)bytes = new EthernetHeader(linkDestination, linkSource, EtherType.Ipv6);
            *(Ipv6Header*)(bytes + EthernetHeader.Size) = new Ipv6Header(0, default, hopLimit, source, address);
            _pseudoSum = InternetChecksum.Fold(source.RawSum + address.RawSum);
        }

        _bytes0 = words[0];
        _bytes8 = words[1];
        _bytes16 = words[2];
        _bytes24 = words[3];
        _bytes32 = words[4];
        _bytes40 = words[5];
        _bytes48 = words[6];
    }

    /// <summary>Leads to a group as another one does, with another number of hops.</summary>
    public void CopyFrom(Destination other, MacAddress linkSource, byte hopLimit)
    {
        Generation = other.Generation;
        WantedSource = other.WantedSource;
        IsReady = other.IsReady;
        IsBroadcast = other.IsBroadcast;
        Neighbour = other.Neighbour;
        MacAddress link = other.IsIpv6 ? Ipv6Group.LinkAddress(other.Address) : Ipv4Group.LinkAddress(other.Address);
        Set(other.Source, other.Address, linkSource, link, other.Mtu, hopLimit);
    }

    /// <summary>Writes the headers of one packet of either version.</summary>
    /// <param name="frame">Where the frame begins.</param>
    /// <param name="protocol">What the packet carries.</param>
    /// <param name="payloadLength">Bytes behind the headers.</param>
    /// <param name="identification">IPv4's identification, in either byte order.</param>
    /// <param name="fragment">IPv4's flags and fragment offset, as they lie in the packet.</param>
    public void WriteHeaders(byte* frame, IpProtocol protocol, int payloadLength, ushort identification, BigEndian16 fragment)
    {
        if (IsIpv6)
            WriteIpv6Headers(frame, protocol, payloadLength);
        else
            WriteIpv4Headers(frame, protocol, payloadLength, identification, fragment);
    }

    /// <summary>Writes the headers of one packet to an IPv4 address.</summary>
    /// <inheritdoc cref="WriteHeaders"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteIpv4Headers(byte* frame, IpProtocol protocol, int payloadLength, ushort identification, BigEndian16 fragment)
    {
        uint length = BigEndian16.From(Ipv4Header.Size + payloadLength).Raw;
        uint sum = _sum + length + identification + fragment.Raw + ((uint)protocol << 8);
        sum = (ushort)sum + (sum >> 16);
        sum += sum >> 16;
        ulong* words = (ulong*)frame;
        words[0] = _bytes0;
        words[1] = _bytes8;
        words[2] = _bytes16 | length | ((uint)identification << 16) | ((ulong)fragment.Raw << 32) | ((ulong)protocol << 56);
        words[3] = _bytes24 | (ushort)~sum;
        *(ushort*)(frame + 32) = (ushort)_bytes32;
    }

    /// <summary>Writes the headers of one packet to an IPv6 address.</summary>
    /// <inheritdoc cref="WriteHeaders"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteIpv6Headers(byte* frame, IpProtocol protocol, int payloadLength)
    {
        ulong* words = (ulong*)frame;
        words[0] = _bytes0;
        words[1] = _bytes8;
        words[2] = _bytes16 | ((uint)BigEndian16.From(payloadLength).Raw << 16) | ((ulong)protocol << 32);
        words[3] = _bytes24;
        words[4] = _bytes32;
        words[5] = _bytes40;
        *(uint*)(frame + 48) = (uint)_bytes48;
        *(ushort*)(frame + 52) = (ushort)(_bytes48 >> 32);
    }

    /// <summary>Lets routers mark a packet instead of dropping it (RFC 3168, 5); its headers are written.</summary>
    public void AllowMarking(byte* frame)
    {
        const int ChecksumAt = EthernetHeader.Size + 10;
        byte* ip = frame + EthernetHeader.Size;
        if (IsIpv6)
        {
            ip[1] |= Ipv4Header.EcnCapable << 4; // the traffic class begins in the middle of the first byte
            return;
        }

        BigEndian16 before = *(BigEndian16*)ip;
        ip[1] |= Ipv4Header.EcnCapable;
        BigEndian16* checksum = (BigEndian16*)(frame + ChecksumAt);
        *checksum = InternetChecksum.Update(*checksum, before, *(BigEndian16*)ip);
    }

    /// <summary>The unfolded sum of the pseudo-header of a UDP, TCP or ICMPv6 packet (RFC 768; RFC 8200, 8.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PseudoHeader(IpProtocol protocol, int length) =>
        _pseudoSum + ((uint)protocol << 8) + BigEndian16.From(length).Raw;
}
