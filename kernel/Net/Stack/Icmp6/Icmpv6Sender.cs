using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Sends messages between neighbours, whose sender and link destination are known: neighbour discovery, and which groups are listened to.</summary>
internal sealed unsafe class Icmpv6Sender(NetworkInterface owner, TransmitQueue transmit)
{
    /// <summary>The hops that neighbour discovery's messages begin with: what a router has passed on has fewer (RFC 4861, 3.1).</summary>
    public const byte NeighbourHops = 255;

    private const byte ListenerHops = 1;

    // Hop-by-hop options: router alert of value 0, "listener discovery", and padding of two bytes (RFC 2711, 2.1).
    private const int RouterAlertSize = 8;
    private const uint RouterAlert = 0x05_02_00_00;
    private const ushort Padding = 0x01_00;

    /// <summary>Takes a buffer for a message, whose bytes are zero.</summary>
    /// <returns>Null if the link is down, or no buffer is free.</returns>
    public PacketBuffer? TryBegin(Icmpv6Type type, int length)
    {
        if (!owner.LinkUp || owner.Pool.TryTake() is not { } message)
        {
            owner.Drops.Count(owner.LinkUp ? DropCause.NoBuffer : DropCause.LinkDown);
            return null;
        }

        message.Offset += Destination.Ipv6HeadersSize + RouterAlertSize;
        message.Length = length;
        message.Data.Clear();
        message.Data[0] = (byte)type;
        return message;
    }

    /// <summary>Sends a message of neighbour discovery.</summary>
    public void Send(PacketBuffer message, IpAddress source, IpAddress destination, MacAddress link)
    {
        Sum(message, source, destination);
        Send(message, new Ipv6Header(message.Length, IpProtocol.Icmpv6, NeighbourHops, source, destination), link);
    }

    /// <summary>Sends a message about groups to those who ask for them (RFC 3810, 5).</summary>
    public void SendToListenerRouters(PacketBuffer message, IpAddress source)
    {
        IpAddress destination = Ipv6Group.ListenerRouters;
        Sum(message, source, destination);
        message.Offset -= RouterAlertSize;
        message.Length += RouterAlertSize;
        message.Data[0] = (byte)IpProtocol.Icmpv6;
        message.Data[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(message.Data[2..], RouterAlert);
        BinaryPrimitives.WriteUInt16BigEndian(message.Data[6..], Padding);
        Send(message, new Ipv6Header(message.Length, IpProtocol.HopByHopOptions, ListenerHops, source, destination), Ipv6Group.LinkAddress(destination));
    }

    private void Sum(PacketBuffer message, IpAddress source, IpAddress destination)
    {
        ulong sum = source.RawSum + destination.RawSum + ((uint)IpProtocol.Icmpv6 << 8) + BigEndian16.From(message.Length).Raw;
        sum = InternetChecksum.Sum(owner.Counters, message.Data, sum);
        *(ushort*)(message.Page + message.Offset + IcmpHeader.ChecksumOffset) = (ushort)~InternetChecksum.Fold(sum);
    }

    private void Send(PacketBuffer packet, in Ipv6Header header, MacAddress link)
    {
        packet.Offset -= Destination.Ipv6HeadersSize;
        packet.Length += Destination.Ipv6HeadersSize;
        new EthernetHeader(link, owner.LinkAddress, EtherType.Ipv6).Write(packet.Data);
        header.Write(packet.Data[EthernetHeader.Size..]);
        transmit.Add(packet);
    }
}
