using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Rig.Network;

/// <summary>A client of ICMP echo (RFC 792), over a raw socket.</summary>
public sealed class PingClient : EchoClient
{
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const int IcmpHeaderSize = 8;

    private static int s_lastIdentifier;

    private readonly ushort _identifier = (ushort)(Environment.ProcessId * 16 + Interlocked.Increment(ref s_lastIdentifier));
    private ushort _sequence;

    private PingClient(Socket socket)
        : base(socket)
    {
    }

    /// <inheritdoc/>
    protected override int HeaderSize => IcmpHeaderSize;

    /// <summary>Opens one inside a namespace, or on the host where that is null.</summary>
    public static PingClient Open(NetworkNamespace? network, IPAddress target)
    {
        return network is null ? Connect() : network.Inside(Connect);

        PingClient Connect()
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
            socket.Connect(new IPEndPoint(target, 0));
            return new PingClient(socket);
        }
    }

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> packet)
    {
        packet[..IcmpHeaderSize].Clear();
        packet[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], _sequence++);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], InternetChecksum.Of(packet));
    }

    /// <inheritdoc/>
    protected override bool TryReadPayload(Span<byte> packet, out Span<byte> payload)
    {
        // A raw socket delivers the IPv4 header too, and every ICMP message that arrives.
        Span<byte> message = packet[((packet[0] & 15) * 4)..];
        payload = message.Length < IcmpHeaderSize ? default : message[IcmpHeaderSize..];
        return message.Length >= IcmpHeaderSize
            && message[0] == EchoReply
            && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == _identifier
            && InternetChecksum.Of(message) == 0;
    }
}
