using System;
using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IPv6 on the way in (RFC 8200): is the packet whole and ours, what extends its header, and which protocol's is it.</summary>
internal sealed unsafe class Ipv6Input(NetworkInterface owner, PacketInfo info, Ipv6Layer ipv6, Reassembler reassembler)
{
    private const int Headers = EthernetHeader.Size + Ipv6Header.Size;

    /// <summary>How many headers may extend a packet's; and how many bytes they have together, where a device delivers packets in several buffers.</summary>
    private const int MostExtensions = 8;
    private const int LongestExtensions = 1024;

    private readonly NetworkInterface _interface = owner;
    private readonly PacketInfo _info = info;
    private readonly DropCounters _drops = owner.Drops;
    private readonly AddressTable _addresses = ipv6.Addresses;
    private readonly Icmpv6Layer _icmp = ipv6.Icmp;
    private readonly UdpLayer _udp = owner.Udp;
    private readonly TcpLayer _tcp = owner.Tcp;

    /// <summary>Takes a packet.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="available">Bytes behind the Ethernet header, in all buffers.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Input(PacketBuffer frame, int available)
    {
        if (frame.Next is not null)
            PacketChain.Gather(frame, Headers + LongestExtensions);
        Ipv6Header* ip = (Ipv6Header*)(frame.Page + frame.Offset + EthernetHeader.Size);
        if (frame.Length < Headers)
            _drops.Drop(frame, DropCause.Truncated);
        else if (ip->Version != 6)
            _drops.Drop(frame, DropCause.Malformed);
        else if (ip->PayloadLength.Value > available - Ipv6Header.Size)
            _drops.Drop(frame, DropCause.Truncated);
        else if (!IsForUs(ip->Destination))
            _drops.Drop(frame, DropCause.NotForUs);
        else if (!IsOneHost(ip->Source))
            _drops.Drop(frame, _addresses.IsOurs(ip->Source) ? DropCause.Looping : DropCause.BadSource);
        else
            InputOurs(frame, ip);
    }

    private void InputOurs(PacketBuffer frame, Ipv6Header* ip)
    {
        int payload = ip->PayloadLength.Value;
        frame.Offset += Headers;
        frame.Length -= Headers;
        PacketChain.Trim(frame, payload);
        IpProtocol next = ip->NextHeader;
        _info.Describe(ip, Ipv6Header.Size, next);
        if (next == IpProtocol.Udp)
            _udp.InputIpv6(frame, payload);
        else if (next == IpProtocol.Tcp)
            _tcp.Input(frame, payload);
        else if (next == IpProtocol.Icmpv6)
            _icmp.Input(frame, _info, payload, wasFragmented: false);
        else
            InputExtended(frame, next);
    }

    // A tentative address is nobody's yet.
    private bool IsForUs(IpAddress destination)
    {
        if (!destination.IsMulticast)
            return !_info.IsGroup && _addresses.IsOurs(destination);
        _info.IsGroup = true;
        return _addresses.IsJoined(destination) || (_interface.Groups is { } groups && groups.IsJoined(destination));
    }

    // What looks like an IPv4 address is none that a packet of IPv6 may come from. An unspecified one is for the protocol to judge.
    private bool IsOneHost(IpAddress source) =>
        !source.IsMulticast && !source.IsIpv4 && !source.IsIpv6Loopback && !_addresses.IsOurs(source);

    private void InputExtended(PacketBuffer packet, IpProtocol next)
    {
        byte* ip = _info.Header;
        int namedAt = Ipv6Header.NextHeaderOffset;
        bool wasFragmented = false;
        for (int count = 0; count < MostExtensions; count++)
        {
            int headerLength = (int)(packet.Page + packet.Offset - ip);
            _info.Describe((Ipv6Header*)ip, headerLength, next);
            int length;
            switch (next)
            {
                case IpProtocol.Udp:
                    _udp.InputIpv6(packet, PacketChain.Length(packet));
                    return;
                case IpProtocol.Tcp:
                    _tcp.Input(packet, PacketChain.Length(packet));
                    return;
                case IpProtocol.Icmpv6:
                    _icmp.Input(packet, _info, PacketChain.Length(packet), wasFragmented);
                    return;
                case IpProtocol.NoNextHeader:
                    packet.Release();
                    return;
                case IpProtocol.Fragment when !wasFragmented:
                    wasFragmented = true;
                    if (InputFragment(packet, out next) is not { } whole)
                        return;
                    packet = whole;
                    ip = _info.Header;
                    continue;
                case IpProtocol.HopByHopOptions when count == 0:
                case IpProtocol.DestinationOptions:
                case IpProtocol.Routing:
                    length = ExtensionHeader.LengthOf(packet.Data);
                    break;
                default:
                    Refuse(packet, Icmpv6Problem.NextHeader, namedAt, DropCause.UnknownProtocol);
                    return;
            }

            if (length == 0)
            {
                _drops.Drop(packet, DropCause.Truncated);
                return;
            }

            ReadOnlySpan<byte> header = packet.Data[..length];
            ExtensionVerdict verdict = next == IpProtocol.Routing
                ? ExtensionHeader.JudgeRouting(header, out int problemAt)
                : ExtensionHeader.JudgeOptions(header, out problemAt);
            if (verdict != ExtensionVerdict.Fine)
            {
                Refuse(packet, verdict, headerLength + problemAt);
                return;
            }

            namedAt = headerLength;
            next = (IpProtocol)header[0];
            packet.Offset += length;
            packet.Length -= length;
        }

        _drops.Drop(packet, DropCause.Malformed);
    }

    /// <summary>Takes a fragment, its header in front (RFC 8200, 4.5).</summary>
    /// <param name="packet">The fragment.</param>
    /// <param name="next">What the datagram begins with.</param>
    /// <returns>The datagram if it is whole, and described then; else null.</returns>
    private PacketBuffer? InputFragment(PacketBuffer packet, out IpProtocol next)
    {
        next = default;
        if (packet.Length < FragmentHeader.Size)
        {
            _drops.Drop(packet, DropCause.Truncated);
            return null;
        }

        FragmentHeader* header = (FragmentHeader*)(packet.Page + packet.Offset);
        next = header->NextHeader;
        packet.Offset += FragmentHeader.Size;
        packet.Length -= FragmentHeader.Size;
        if (header->Offset == 0 && !header->HasMore)
            return packet; // a datagram of one fragment is not mixed with others (RFC 6946)

        int length = PacketChain.Length(packet);
        if (header->HasMore && length % 8 != 0)
        {
            const int PayloadLengthOffset = 4;
            Refuse(packet, Icmpv6Problem.Field, PayloadLengthOffset, DropCause.Malformed);
            return null;
        }

        if (header->Offset + length > Ipv6Header.MaximumPayload)
        {
            const int OffsetOffset = 2;
            Refuse(packet, Icmpv6Problem.Field, _info.HeaderLength + OffsetOffset, DropCause.Malformed);
            return null;
        }

        // All headers are in the first fragment (RFC 7112): whoever filters packets, and whoever is told of one, finds the ports there.
        if (header->Offset == 0 && !ExtensionHeader.AreComplete(packet.Data, next))
        {
            Refuse(packet, Icmpv6Problem.IncompleteHeaders, 0, DropCause.Malformed);
            return null;
        }

        Fragment fragment = new((Ipv6Header*)_info.Header, header);
        if (reassembler.Add(packet, in fragment, _interface.Now, out byte* first) is not { } whole)
            return null;
        next = FragmentHeaderOf(whole)->NextHeader;
        _info.Describe((Ipv6Header*)first, (int)(whole.Page + whole.Offset - first), next);
        return whole;
    }

    /// <summary>Tells the sender of a datagram, whose beginning is there, that the rest did not come in time.</summary>
    public void TellExpired(PacketBuffer first, Ipv6Header* ip)
    {
        _info.Describe(ip, (int)(first.Page + first.Offset - (byte*)ip), FragmentHeaderOf(first)->NextHeader);
        _info.IsGroup = ip->Destination.IsMulticast;
        _icmp.SendError(first, _info, Icmpv6Type.TimeExceeded, code: 1, rest: 0, DropCause.ReassemblyTimeout);
    }

    private static FragmentHeader* FragmentHeaderOf(PacketBuffer first) =>
        (FragmentHeader*)(first.Page + first.Offset - FragmentHeader.Size);

    private void Refuse(PacketBuffer packet, ExtensionVerdict verdict, int at)
    {
        bool isToldOf = verdict is ExtensionVerdict.UnknownOption || (verdict is ExtensionVerdict.UnknownOptionOfOne && !_info.IsGroup);
        if (verdict == ExtensionVerdict.BadField)
            Refuse(packet, Icmpv6Problem.Field, at, DropCause.Malformed);
        else if (isToldOf)
            Refuse(packet, Icmpv6Problem.Option, at, DropCause.Malformed);
        else
            _drops.Drop(packet, DropCause.Malformed);
    }

    private void Refuse(PacketBuffer packet, Icmpv6Problem problem, int at, DropCause cause) =>
        _icmp.SendError(packet, _info, Icmpv6Type.ParameterProblem, (byte)problem, (uint)at, cause);
}
