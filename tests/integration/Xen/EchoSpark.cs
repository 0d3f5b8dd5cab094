using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Xen;

/// <summary>One UDP datagram that says it comes from another echo server: two that hear of each other so never stop.</summary>
internal static class EchoSpark
{
    private const int IpHeaderSize = 20;
    private const int UdpHeaderSize = 8;
    private const int PayloadSize = 64;

    /// <summary>Sends it, from a raw socket inside the network.</summary>
    public static void Send(NetworkNamespace network, IPAddress from, IPAddress to, ushort port)
    {
        byte[] packet = new byte[IpHeaderSize + UdpHeaderSize + PayloadSize];
        // RFC 791, 3.1; Linux fills in the total length and the checksum.
        packet[0] = 0x45;
        packet[8] = 64;
        packet[9] = (byte)ProtocolType.Udp;
        from.TryWriteBytes(packet.AsSpan(12), out _);
        to.TryWriteBytes(packet.AsSpan(16), out _);
        // RFC 768; a checksum of zero says that there is none.
        Span<byte> udp = packet.AsSpan(IpHeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(udp, port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], UdpHeaderSize + PayloadSize);

        using Socket socket = network.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        socket.SendTo(packet, new IPEndPoint(to, 0));
    }
}
