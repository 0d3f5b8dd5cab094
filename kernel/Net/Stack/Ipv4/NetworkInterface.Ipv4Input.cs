using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IPv4 on the way in (RFC 791; RFC 1122, 3.2.1): is the packet whole, honest and ours, and which protocol's.</summary>
public sealed unsafe partial class NetworkInterface
{
    private const int LongestHeader = 60;

    // The bits "more fragments" and fragment offset, as the processor loads them.
    private const ushort RawFragmentBits = 0xff3f;

    private BigEndian32 _rawAddress;
    private BigEndian32 _rawBroadcast = new(uint.MaxValue);

    /// <summary>Takes a packet.</summary>
    /// <param name="buffer">The frame.</param>
    /// <param name="ip">Where its header should be, if it is long enough.</param>
    /// <param name="available">Bytes behind the Ethernet header, in all buffers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputIpv4(PacketBuffer buffer, Ipv4Header* ip, int available)
    {
        if (buffer.Length < EthernetHeader.Size + Ipv4Header.Size)
        {
            Drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        int headerLength = Ipv4Header.Size;
        if (ip->VersionAndLength != Ipv4Header.WithoutOptions)
        {
            headerLength = CheckOptions(buffer, ip);
            if (headerLength == 0)
                return;
        }
        else if (!InternetChecksum.IsHeaderGood(_counters, ip))
        {
            Drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        // Ethernet pads short frames: the packet may be shorter than what arrived, never longer.
        int total = ip->TotalLength.Value;
        if (total > available || total < headerLength)
        {
            Drops.Drop(buffer, total > available ? DropCause.Truncated : DropCause.Malformed);
            return;
        }

        // A unicast address in a group frame is dropped in silence (RFC 1122, 3.3.6).
        if ((ip->Destination.Raw != _rawAddress.Raw || _group) && !IsForGroup(buffer, ip, headerLength))
            return;

        if (!IsOneHost(ip->Source))
        {
            Drops.Drop(buffer, ip->Source.Raw == _rawAddress.Raw ? DropCause.Looping : DropCause.BadSource);
            return;
        }

        buffer.Offset += EthernetHeader.Size + headerLength;
        int payload = total - headerLength;
        if (buffer.Next is null)
        {
            buffer.Length = payload;
        }
        else
        {
            buffer.Length -= EthernetHeader.Size + headerLength;
            PacketChain.Trim(buffer, payload);
        }

        if ((ip->FlagsAndOffset.Raw & RawFragmentBits) != 0)
            InputFragment(buffer, ip);
        else
            InputWhole(buffer, ip, payload);
    }

    private void InputFragment(PacketBuffer buffer, Ipv4Header* ip)
    {
        if (_reassembler.Add(buffer, ip, _now) is { } whole)
            InputWhole(whole, (Ipv4Header*)_reassembler.HeaderOfWhole, PacketChain.Length(whole));
    }

    /// <summary>Takes a packet that is whole: its buffer begins behind the IP header, which is elsewhere if it was reassembled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputWhole(PacketBuffer buffer, Ipv4Header* ip, int payload)
    {
        if (ip->Protocol == IpProtocol.Udp)
            InputUdp(buffer, ip, payload);
        else if (ip->Protocol == IpProtocol.Icmp)
            InputIcmp(buffer, ip);
        else
            RefuseProtocol(buffer, ip);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOneHost(BigEndian32 source)
    {
        // 0.0.0.0/8, 127.0.0.0/8 and everything from 224.0.0.0 on are nobody's; the first byte of the address is the low one here.
        uint first = (byte)source.Raw;
        return first - 1 < 223 && first != 127 && source.Raw != _rawAddress.Raw && source.Raw != _rawBroadcast.Raw;
    }

    // Options are skipped, source routes and all: this host forwards nothing, and no option changes what it does with a packet.
    // Returns the header's length; 0 if the packet was dropped.
    private int CheckOptions(PacketBuffer buffer, Ipv4Header* ip)
    {
        int headerLength = ip->HeaderLength;
        if (ip->Version != 4 || headerLength < Ipv4Header.Size)
            Drops.Drop(buffer, DropCause.Malformed);
        else if (headerLength > buffer.Length - EthernetHeader.Size)
            Drops.Drop(buffer, DropCause.Truncated);
        else if (!InternetChecksum.IsGood(InternetChecksum.Sum(_counters, new(ip, headerLength))))
            Drops.Drop(buffer, DropCause.BadChecksum);
        else
            return headerLength;
        return 0;
    }

    // Broadcasts are for everyone; without an address yet, what a DHCP server sends to the address it offers is for us too.
    private bool IsForGroup(PacketBuffer buffer, Ipv4Header* ip, int headerLength)
    {
        uint destination = ip->Destination.Raw;
        bool isBroadcast = destination == uint.MaxValue || (HasAddress && destination == _rawBroadcast.Raw);
        if (isBroadcast
            || (!HasAddress && !_group && _dhcp is not null && ip->Protocol == IpProtocol.Udp
                && buffer.Length >= EthernetHeader.Size + headerLength + UdpHeader.Size
                && ((UdpHeader*)((byte*)ip + headerLength))->DestinationPort.Value == DhcpMessage.ClientPort))
        {
            _group = true;
            return true;
        }

        Drops.Drop(buffer, DropCause.NotForUs);
        return false;
    }

    private void ExpireFragments(Instant now)
    {
        while (_reassembler.TakeExpired(now) is { } first)
        {
            // RFC 1122, 3.3.2: told to the sender if the fragment that names the ports is there.
            SendError(first, (Ipv4Header*)_reassembler.HeaderOfWhole, IcmpType.TimeExceeded, code: 1, rest: 0, DropCause.ReassemblyTimeout);
        }
    }
}
