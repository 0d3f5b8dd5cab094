using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Ethernet (RFC 894): whose frame is it, and which protocol's.</summary>
public sealed unsafe partial class NetworkInterface
{
    private void Input(PacketBuffer buffer)
    {
        int length = buffer.Next is null ? buffer.Length : PacketChain.Length(buffer);
        if (length > _longestFrame || buffer.Length < EthernetHeader.Size)
        {
            Drops.Drop(buffer, length > _longestFrame ? DropCause.Oversized : DropCause.Truncated);
            return;
        }

        EthernetHeader* header = (EthernetHeader*)(buffer.Page + buffer.Offset);
        ulong destination = header->RawDestination;
        bool group = false;
        if (destination != _rawLinkAddress)
        {
            if ((destination & 1) == 0)
            {
                Drops.Drop(buffer, DropCause.NotForUs);
                return;
            }

            group = true;
        }

        if (header->Type == EtherType.Ipv4)
            InputIpv4(buffer, (Ipv4Header*)(header + 1), length - EthernetHeader.Size, group);
        else if (header->Type == EtherType.Arp)
            InputArp(buffer);
        else
            Drops.Drop(buffer, DropCause.UnknownEtherType);
    }
}
