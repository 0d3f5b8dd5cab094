using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IPv4 on the way in (RFC 791; RFC 1122, 3.2.1): is the packet whole, honest and ours, and which protocol's.</summary>
internal sealed unsafe class Ipv4Input
{
    // The bits "more fragments" and fragment offset, as the processor loads them.
    private const ushort RawFragmentBits = 0xff3f;

    private readonly NetworkInterface _interface;
    private readonly PacketInfo _info;
    private readonly DropCounters _drops;
    private readonly IcmpLayer _icmp;
    private readonly UdpLayer _udp;
    private readonly TcpLayer _tcp;
    private readonly Reassembler _reassembler;
    private PathCounters _counters;
    private BigEndian32 _rawAddress;
    private BigEndian32 _rawBroadcast = new(uint.MaxValue);

    /// <summary>Makes the layer of an interface.</summary>
    public Ipv4Input(NetworkInterface owner, PacketInfo info, IcmpLayer icmp, UdpLayer udp, TcpLayer tcp, Reassembler reassembler)
    {
        _interface = owner;
        _info = info;
        _drops = owner.Drops;
        _counters = owner.Counters;
        _icmp = icmp;
        _udp = udp;
        _tcp = tcp;
        _reassembler = reassembler;
    }

    /// <summary>Where summed bytes are counted.</summary>
    public PathCounters Counters { set => _counters = value; }

    /// <summary>Who hears of groups; null while none was joined.</summary>
    public IGroupProtocol? Igmp { get; set; }

    /// <summary>Takes over the interface's address.</summary>
    public void Configure(IpPrefix address)
    {
        _rawAddress = address.Address.RawIpv4;
        IpAddress broadcast = address.DirectedBroadcast;
        _rawBroadcast = broadcast.IsIpv4 ? broadcast.RawIpv4 : new BigEndian32(uint.MaxValue);
    }

    /// <summary>Forgets the address.</summary>
    public void Unconfigure()
    {
        _rawAddress = default;
        _rawBroadcast = new BigEndian32(uint.MaxValue);
    }

    /// <summary>Takes a packet.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="available">Bytes behind the Ethernet header, in all buffers.</param>
    public void Input(PacketBuffer frame, int available)
    {
        Ipv4Header* ip = HeaderOf(frame);
        if (frame.Length < EthernetHeader.Size + Ipv4Header.Size)
            _drops.Drop(frame, DropCause.Truncated);
        else if (ip->VersionAndLength != Ipv4Header.WithoutOptions)
            InputWithOptions(frame, available);
        else if (!InternetChecksum.IsHeaderGood(_counters, ip))
            _drops.Drop(frame, DropCause.BadChecksum);
        else
            InputHonest(frame, ip, Ipv4Header.Size, available);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputHonest(PacketBuffer frame, Ipv4Header* ip, int headerLength, int available)
    {
        // Ethernet pads short frames: the packet may be shorter than what arrived, never longer.
        int total = ip->TotalLength.Value;
        if (total > available)
            _drops.Drop(frame, DropCause.Truncated);
        else if (total < headerLength)
            _drops.Drop(frame, DropCause.Malformed);
        else if (ip->Destination.Raw != _rawAddress.Raw || _info.IsGroup)
            InputForGroup(frame, headerLength);
        else
            InputOurs(frame, ip, headerLength);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputOurs(PacketBuffer frame, Ipv4Header* ip, int headerLength)
    {
        if (!IsOneHost(ip->Source))
        {
            RefuseSource(frame);
            return;
        }

        _info.Describe(ip, headerLength);
        if (frame.Next is not null || (ip->FlagsAndOffset.Raw & RawFragmentBits) != 0)
        {
            InputInPieces(frame);
            return;
        }

        int payload = ip->TotalLength.Value - headerLength;
        frame.Offset += EthernetHeader.Size + headerLength;
        frame.Length = payload;
        if (ip->Protocol == IpProtocol.Udp)
            _udp.Input(frame, payload);
        else if (ip->Protocol == IpProtocol.Tcp)
            _tcp.Input(frame, payload);
        else
            InputOther(frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputInPieces(PacketBuffer frame)
    {
        Ipv4Header* ip = (Ipv4Header*)_info.Header;
        int headers = EthernetHeader.Size + _info.HeaderLength;
        int payload = ip->TotalLength.Value - _info.HeaderLength;
        frame.Offset += headers;
        frame.Length -= headers;
        PacketChain.Trim(frame, payload);
        if ((ip->FlagsAndOffset.Raw & RawFragmentBits) != 0)
        {
            if (_reassembler.Add(frame, new Fragment(ip), _interface.Now, out byte* first) is not { } whole)
                return;
            _info.Describe((Ipv4Header*)first, ((Ipv4Header*)first)->HeaderLength);
            frame = whole;
            payload = PacketChain.Length(whole);
        }

        if (_info.Protocol == IpProtocol.Udp && _info.IsGroup)
            _udp.InputForGroup(frame, payload);
        else if (_info.Protocol == IpProtocol.Udp)
            _udp.Input(frame, payload);
        else if (_info.Protocol == IpProtocol.Tcp)
            _tcp.Input(frame, payload);
        else
            InputOther(frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputOther(PacketBuffer buffer)
    {
        if (_info.Protocol == IpProtocol.Icmp)
            _icmp.Input(buffer, _info);
        else
            _icmp.RefuseProtocol(buffer, _info);
    }

    // Options are skipped, source routes and all: this host forwards nothing, and no option changes what it does with a packet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputWithOptions(PacketBuffer frame, int available)
    {
        Ipv4Header* ip = HeaderOf(frame);
        int headerLength = ip->HeaderLength;
        if (ip->Version != 4 || headerLength < Ipv4Header.Size)
            _drops.Drop(frame, DropCause.Malformed);
        else if (headerLength > frame.Length - EthernetHeader.Size)
            _drops.Drop(frame, DropCause.Truncated);
        else if (!InternetChecksum.IsGood(InternetChecksum.Sum(_counters, new(ip, headerLength))))
            _drops.Drop(frame, DropCause.BadChecksum);
        else
            InputHonest(frame, ip, headerLength, available);
    }

    // A unicast address in a group frame is dropped in silence (RFC 1122, 3.3.6). Broadcasts are for everyone; without an address yet, what a DHCP
    // server sends to the address it offers is for us too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputForGroup(PacketBuffer frame, int headerLength)
    {
        Ipv4Header* ip = HeaderOf(frame);
        if (Igmp is not null && _info.IsGroup && IpAddress.From(ip->Destination).IsMulticast)
        {
            InputForMembers(frame, headerLength);
            return;
        }

        uint destination = ip->Destination.Raw;
        bool isBroadcast = destination == uint.MaxValue || (_interface.HasAddress && destination == _rawBroadcast.Raw);
        bool isOffer = !_interface.HasAddress && !_info.IsGroup && _interface.Dhcp is not null && ip->Protocol == IpProtocol.Udp
            && frame.Length >= EthernetHeader.Size + headerLength + UdpHeader.Size
            && ((UdpHeader*)((byte*)ip + headerLength))->DestinationPort.Value == DhcpMessage.ClientPort;
        if (!isBroadcast && !isOffer)
        {
            _drops.Drop(frame, DropCause.NotForUs);
            return;
        }

        _info.IsGroup = true;
        InputOurs(frame, ip, headerLength);
    }

    /// <summary>Takes a packet to a group, if the interface is in it. A question about groups may come from nobody: a switch asks that has no address.</summary>
    private void InputForMembers(PacketBuffer frame, int headerLength)
    {
        Ipv4Header* ip = HeaderOf(frame);
        IpAddress group = IpAddress.From(ip->Destination);
        GroupList groups = _interface.Groups!;
        bool isIgmp = ip->Protocol == IpProtocol.Igmp;
        if (!groups.IsJoined(group) && !(group == Ipv4Group.AllHosts && groups.HasIpv4 && isIgmp))
        {
            _drops.Drop(frame, DropCause.NotForUs);
            return;
        }

        if (!IsOneHost(ip->Source) && !(isIgmp && ip->Source.Raw == 0))
        {
            RefuseSource(frame);
            return;
        }

        _info.Describe(ip, headerLength);
        byte hops = ip->TimeToLive;
        if (isIgmp && (ip->FlagsAndOffset.Raw & RawFragmentBits) == 0)
        {
            int payload = ip->TotalLength.Value - headerLength;
            frame.Offset += EthernetHeader.Size + headerLength;
            frame.Length -= EthernetHeader.Size + headerLength;
            PacketChain.Trim(frame, payload);
            Igmp!.Input(frame, hops);
        }
        else if (isIgmp || ip->Protocol == IpProtocol.Tcp)
        {
            _drops.Drop(frame, DropCause.Malformed);
        }
        else
        {
            InputInPieces(frame);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseSource(PacketBuffer frame) =>
        _drops.Drop(frame, HeaderOf(frame)->Source.Raw == _rawAddress.Raw ? DropCause.Looping : DropCause.BadSource);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOneHost(BigEndian32 source)
    {
        // 0.0.0.0/8, 127.0.0.0/8 and everything from 224.0.0.0 on are nobody's; the first byte of the address is the low one here.
        uint first = (byte)source.Raw;
        return first - 1 < 223 && first != 127 && source.Raw != _rawAddress.Raw && source.Raw != _rawBroadcast.Raw;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Ipv4Header* HeaderOf(PacketBuffer frame) => (Ipv4Header*)(frame.Page + frame.Offset + EthernetHeader.Size);

    /// <summary>Tells the sender of a datagram, whose beginning is there, that the rest did not come in time (RFC 1122, 3.3.2).</summary>
    public void TellExpired(PacketBuffer first, Ipv4Header* ip)
    {
        _info.Describe(ip, ip->HeaderLength);
        _icmp.SendError(first, _info, IcmpType.TimeExceeded, code: 1, rest: 0, DropCause.ReassemblyTimeout);
    }
}
