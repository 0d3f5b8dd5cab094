using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The way to one address: the interface, the next hop, and the Ethernet and IPv4 headers of every packet that goes there,
/// written and summed in advance.</summary>
/// <remarks>What changes from packet to packet (length, identification, fragment bits, protocol) is zero in the template and is added to
/// the words and to their sum as they are stored. Valid while <see cref="Generation"/> is the stack's: any change of
/// an address, a route or a neighbour makes a new generation.</remarks>
internal sealed unsafe class Destination
{
    /// <summary>Bytes of the two headers.</summary>
    public const int HeadersSize = EthernetHeader.Size + Ipv4Header.Size;

    private const byte TimeToLive = 64;

    /// <summary>Where it leads.</summary>
    public IpAddress Address;

    /// <summary>The stack's generation when this was made; 0 for never.</summary>
    public int Generation;

    /// <summary>Whether the next hop's link address is known and in the template.</summary>
    public bool IsReady;

    /// <summary>Whether this is a broadcast address.</summary>
    public bool IsBroadcast;

    /// <summary>The next hop; for broadcast and multicast, which need none, an entry outside the cache.</summary>
    public Neighbour Neighbour;

    // Bytes 0 to 31 of the headers; 16 to 25 are zero but for the time to live. Bytes 32 and 33 are the end of the address.
    private ulong _bytes0;
    private ulong _bytes8;
    private ulong _bytes16;
    private ulong _bytes24;
    private ushort _bytes32;
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

    /// <summary>Writes the template.</summary>
    public void Set(IpAddress source, IpAddress address, MacAddress linkSource, MacAddress linkDestination)
    {
        Address = address;
        ulong* words = stackalloc ulong[5];
        byte* bytes = (byte*)words;
        *(EthernetHeader*)bytes = new EthernetHeader(linkDestination, linkSource, EtherType.Ipv4);
        Ipv4Header header = new(0, 0, 0, TimeToLive, default, source, address);
        *(Ipv4Header*)(bytes + EthernetHeader.Size) = header;
        *(ushort*)(bytes + 24) = 0;
        _bytes0 = words[0];
        _bytes8 = words[1];
        _bytes16 = words[2];
        _bytes24 = words[3];
        _bytes32 = (ushort)words[4];
        _sum = (ushort)~header.Checksum.Raw;
        _pseudoSum = InternetChecksum.Fold((ulong)source.RawIpv4.Raw + address.RawIpv4.Raw);
    }

    /// <summary>Writes the headers of one packet.</summary>
    /// <param name="frame">Where the frame begins.</param>
    /// <param name="protocol">What the packet carries.</param>
    /// <param name="payloadLength">Bytes behind the headers.</param>
    /// <param name="identification">The identification, in either byte order.</param>
    /// <param name="fragment">Flags and fragment offset, as they lie in the packet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteHeaders(byte* frame, IpProtocol protocol, int payloadLength, ushort identification, BigEndian16 fragment)
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
        *(ushort*)(frame + 32) = _bytes32;
    }

    /// <summary>Lets routers mark a packet instead of dropping it (RFC 3168, 5); its headers are written.</summary>
    public static void AllowMarking(byte* frame)
    {
        const int ChecksumAt = EthernetHeader.Size + 10;
        byte* ip = frame + EthernetHeader.Size;
        BigEndian16 before = *(BigEndian16*)ip;
        ip[1] |= Ipv4Header.EcnCapable;
        BigEndian16* checksum = (BigEndian16*)(frame + ChecksumAt);
        *checksum = InternetChecksum.Update(*checksum, before, *(BigEndian16*)ip);
    }

    /// <summary>The unfolded sum of the pseudo-header of a UDP or TCP packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PseudoHeader(IpProtocol protocol, int length) =>
        _pseudoSum + ((uint)protocol << 8) + BigEndian16.From(length).Raw;
}
