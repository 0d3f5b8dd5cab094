using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Rig.Network;

/// <summary>A client of ICMP echo (RFC 792, RFC 4443), over a raw socket.</summary>
public sealed class PingClient : EchoClient
{
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const byte Ipv6EchoReply = 129;
    private const byte Ipv6EchoRequest = 128;
    private const int IcmpHeaderSize = 8;

    private static int s_lastIdentifier;

    private readonly ushort _identifier = (ushort)(Environment.ProcessId * 16 + Interlocked.Increment(ref s_lastIdentifier));
    private readonly bool _isIpv6;
    private ushort _sequence;

    private PingClient(Socket socket)
        : base(socket) => _isIpv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;

    /// <inheritdoc/>
    protected override int HeaderSize => IcmpHeaderSize;

    /// <summary>Opens one inside a namespace, or on the host where that is null.</summary>
    public static PingClient Open(NetworkNamespace? network, IPAddress target)
    {
        return network is null ? Connect() : network.Inside(Connect);

        PingClient Connect()
        {
            ProtocolType protocol = target.AddressFamily == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
            Socket socket = new(target.AddressFamily, SocketType.Raw, protocol);
            socket.Connect(new IPEndPoint(target, 0));
            return new PingClient(socket);
        }
    }

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> packet)
    {
        packet[..IcmpHeaderSize].Clear();
        packet[0] = _isIpv6 ? Ipv6EchoRequest : EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], _sequence++);
        if (!_isIpv6) // Linux sums ICMPv6 itself, for it knows both addresses
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], InternetChecksum.Of(packet));
    }

    /// <inheritdoc/>
    protected override bool TryReadPayload(Span<byte> packet, out Span<byte> payload)
    {
        // A raw socket delivers the IPv4 header too, and every ICMP message that arrives; of ICMPv6 no header, and only what has a right sum.
        Span<byte> message = _isIpv6 ? packet : packet[((packet[0] & 15) * 4)..];
        payload = message.Length < IcmpHeaderSize ? default : message[IcmpHeaderSize..];
        return message.Length >= IcmpHeaderSize
            && message[0] == (_isIpv6 ? Ipv6EchoReply : EchoReply)
            && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == _identifier
            && (_isIpv6 || InternetChecksum.Of(message) == 0);
    }
}
