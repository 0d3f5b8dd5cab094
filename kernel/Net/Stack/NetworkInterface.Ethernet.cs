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
            Drops.Drop(buffer, length > _longestFrame ? DropCause.Oversized : DropCause.Truncated);
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
        else
            Drops.Drop(buffer, DropCause.UnknownEtherType);
    }

    // Whoever reads a header behind this finds all of it in the first buffer, or the packet is too short for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int GatherHeaders(PacketBuffer frame)
    {
        PacketChain.Gather(frame, LongestHeaders);
        return PacketChain.Length(frame);
    }
}
