using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Ethernet (RFC 894): whose frame is it, and which protocol's.</summary>
public sealed unsafe partial class NetworkInterface
{
    // EtherType.Ipv4, as the processor loads it.
    private const ushort RawIpv4 = 0x0008;

    // Whether the packet in hand was sent to more than this host. A field, because few ask.
    private bool _group;

    // Ethernet, IPv4 with all options that it can have, and UDP or ICMP; ARP is shorter.
    private const int LongestHeaders = 96;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Input(PacketBuffer buffer)
    {
        buffer.PassTo(BufferOwner.Stack);
        int length = buffer.Next is null ? buffer.Length : GatherHeaders(buffer);
        if (length > _longestFrame || buffer.Length < EthernetHeader.Size)
        {
            InputOddLength(buffer, length);
            return;
        }

        EthernetHeader* header = (EthernetHeader*)(buffer.Page + buffer.Offset);
        ulong destination = header->RawDestination;
        _group = destination != _rawLinkAddress;
        if (_group && (destination & 1) == 0)
            Drops.Drop(buffer, DropCause.NotForUs);
        else if (header->RawType.Raw == RawIpv4)
            InputIpv4(buffer, (Ipv4Header*)(header + 1), length - EthernetHeader.Size);
        else if (header->Type == EtherType.Arp)
            InputArp(buffer);
        else if (header->Type == EtherType.Vlan)
            InputTagged(buffer);
        else
            Drops.Drop(buffer, DropCause.UnknownEtherType);
    }

    // A tag makes a frame four bytes longer than the MTU allows (IEEE 802.3, 3.2.7).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputOddLength(PacketBuffer buffer, int length)
    {
        if (buffer.Length < EthernetHeader.Size)
            Drops.Drop(buffer, DropCause.Truncated);
        else if (length <= _longestFrame + VlanTag.Size && ((EthernetHeader*)(buffer.Page + buffer.Offset))->Type == EtherType.Vlan)
            InputTagged(buffer);
        else
            Drops.Drop(buffer, DropCause.Oversized);
    }

    // A frame of VLAN 0 has a priority alone, and is ours like one without a tag (IEEE 802.1Q, 6.9.1).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InputTagged(PacketBuffer buffer)
    {
        if (buffer.Length < EthernetHeader.Size + VlanTag.Size)
        {
            Drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        if (VlanTag.Vlan(buffer.Data) != 0)
        {
            Drops.Drop(buffer, DropCause.NotForUs);
            return;
        }

        VlanTag.Remove(buffer.Data);
        buffer.Offset += VlanTag.Size;
        buffer.Length -= VlanTag.Size;
        if (((EthernetHeader*)(buffer.Page + buffer.Offset))->Type == EtherType.Vlan)
            Drops.Drop(buffer, DropCause.UnknownEtherType);
        else
            Input(buffer);
    }

    // Whoever reads a header behind this finds all of it in the first buffer, or the packet is too short for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int GatherHeaders(PacketBuffer frame)
    {
        PacketChain.Gather(frame, LongestHeaders);
        return PacketChain.Length(frame);
    }
}
