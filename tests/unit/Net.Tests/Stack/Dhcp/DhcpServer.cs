using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Reads a client's DHCP messages and writes a server's, byte by byte from RFC 2131 and 2132, apart from the code under test.</summary>
internal static class DhcpServer
{
    public static readonly IpAddress Address = Frames.Peer;
    public static readonly IpAddress Leased = Frames.Ip("10.0.0.42");

    public sealed record Seen(SeenDatagram Datagram, MacAddress LinkDestination, uint Transaction, uint ClientAddress, Dictionary<byte, byte[]> Options)
    {
        public DhcpMessageType Type => (DhcpMessageType)Options[53][0];

        public IpAddress? Requested => Options.TryGetValue(50, out byte[]? value) ? IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(value)) : null;

        public IpAddress? Server => Options.TryGetValue(54, out byte[]? value) ? IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(value)) : null;
    }

    public static Seen Read(byte[] frame)
    {
        Assert.True(EthernetHeader.TryRead(frame, out EthernetHeader ethernet));
        SeenDatagram datagram = Frames.ReadUdp(frame);
        Assert.Equal((68, 67), (datagram.SourcePort, datagram.DestinationPort));
        byte[] message = datagram.Payload;
        Assert.True(message.Length >= 300);
        Assert.Equal([1, 1, 6, 0], message[..4]);
        Assert.Equal(Frames.OurLink, MacAddress.Read(message.AsSpan(28)));
        Assert.Equal(0x6382_5363u, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(236)));
        Dictionary<byte, byte[]> options = [];
        int at = 240;
        while (message[at] != 255)
        {
            options.Add(message[at], message[(at + 2)..(at + 2 + message[at + 1])]);
            at += 2 + message[at + 1];
        }

        return new Seen(datagram, ethernet.Destination, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(4)), BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(12)), options);
    }

    /// <summary>A server's answer, sent to the client's link address and the address that it gives.</summary>
    /// <param name="options">What it says of the network instead of the usual: codes and values, in this order; a code may come twice.</param>
    public static byte[] Answer(
        Seen question, DhcpMessageType type, IpAddress? server = null, uint leaseSeconds = 1000, IpAddress? leased = null, bool overload = false,
        uint? transaction = null, (byte Code, byte[] Value)[]? options = null)
    {
        byte[] message = new byte[1400];
        (message[0], message[1], message[2]) = (2, 1, 6);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), transaction ?? question.Transaction);
        IpAddress given = type == DhcpMessageType.Nak ? IpAddress.AnyIpv4 : leased ?? Leased;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(16), given.Ipv4);
        Frames.OurLink.Write(message.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x6382_5363);
        int at = 240;
        Append(message, ref at, 53, [(byte)type]);
        Append(message, ref at, 54, Bytes((server ?? Address).Ipv4));
        if (overload)
        {
            Append(message, ref at, 52, [1]);
            message[at] = 255;
            at = 108;
        }

        if (options is not null)
        {
            foreach ((byte code, byte[] value) in options)
                Append(message, ref at, code, value);
        }
        else if (type != DhcpMessageType.Nak)
        {
            Append(message, ref at, 1, [255, 255, 255, 0]);
            Append(message, ref at, 3, [10, 0, 0, 254, 10, 0, 0, 253]);
            Append(message, ref at, 6, [192, 0, 2, 53]);
            Append(message, ref at, 26, [0x05, 0x78]);
            Append(message, ref at, 51, Bytes(leaseSeconds));
        }

        message[at] = 255;
        return Frames.Udp(67, 68, message, source: server ?? Address, destination: given.IsUnspecified ? IpAddress.BroadcastIpv4 : given,
            to: given.IsUnspecified ? MacAddress.Broadcast : Frames.OurLink);
    }

    public static byte[] Bytes(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static void Append(byte[] message, ref int at, byte option, ReadOnlySpan<byte> value)
    {
        message[at++] = option;
        message[at++] = (byte)value.Length;
        value.CopyTo(message.AsSpan(at));
        at += value.Length;
    }
}
