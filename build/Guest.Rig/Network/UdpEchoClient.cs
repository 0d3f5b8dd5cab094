using System;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network;

/// <summary>A client of the UDP echo service (RFC 862).</summary>
public sealed class UdpEchoClient : EchoClient
{
    /// <summary>The service's port.</summary>
    public const int Port = 7;

    /// <summary>The port of the host that is forwarded to it, where that is free.</summary>
    public const int HostPort = 7007;

    private UdpEchoClient(Socket socket)
        : base(socket)
    {
    }

    /// <inheritdoc/>
    protected override int HeaderSize => 0;

    /// <summary>Opens one inside a namespace, or on the host where that is null.</summary>
    public static UdpEchoClient Open(NetworkNamespace? network, IPEndPoint server)
    {
        return network is null ? Connect() : network.Inside(Connect);

        UdpEchoClient Connect()
        {
            Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(server);
            return new UdpEchoClient(socket);
        }
    }

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> packet)
    {
    }

    /// <inheritdoc/>
    protected override bool TryReadPayload(Span<byte> packet, out Span<byte> payload)
    {
        payload = packet;
        return true;
    }
}
