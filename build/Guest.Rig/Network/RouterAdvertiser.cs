using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Rig.Network;

/// <summary>A router that advertises one prefix of 64 bits on the tap (RFC 4861, 4.2), and itself if it is to; over a raw socket.</summary>
/// <remarks>It does not wait to be asked: it says so four times a second.</remarks>
public sealed class RouterAdvertiser : IDisposable
{
    private const byte RouterAdvertisement = 134;
    private const byte PrefixInformation = 3;
    private const byte RecursiveNameServers = 25;
    private const int NeighbourHops = 255;
    private const int IntervalMilliseconds = 250;
    private const int HeaderSize = 16;
    private const int PrefixSize = 32;
    private const int ServersSize = 24;

    private readonly Socket _socket;
    private readonly IPEndPoint _everyone;
    private readonly Timer _timer;

    private RouterAdvertiser(Socket socket, IPEndPoint everyone, byte[] message)
    {
        _socket = socket;
        _everyone = everyone;
        _timer = new Timer(_ => Send(message), null, 0, IntervalMilliseconds);
    }

    /// <summary>Begins.</summary>
    /// <param name="network">Where, with IPv6 enabled.</param>
    /// <param name="tap">The number of the tap.</param>
    /// <param name="lifetimeSeconds">For how long it is the router to everywhere else; 0 for not at all.</param>
    public static RouterAdvertiser Start(NetworkNamespace network, long tap, ushort lifetimeSeconds = 1800)
    {
        byte[] message = new byte[HeaderSize + PrefixSize + ServersSize];
        message[0] = RouterAdvertisement;
        message[4] = 64;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), lifetimeSeconds);
        Span<byte> prefix = message.AsSpan(HeaderSize, PrefixSize);
        prefix[0] = PrefixInformation;
        prefix[1] = PrefixSize / 8;
        prefix[2] = 64;
        prefix[3] = 0xc0; // on the link, and for addresses
        BinaryPrimitives.WriteUInt32BigEndian(prefix[4..], 86_400);
        BinaryPrimitives.WriteUInt32BigEndian(prefix[8..], 14_400);
        network.HostIpv6Address.GetAddressBytes().AsSpan(0, 8).CopyTo(prefix[16..]);
        Span<byte> servers = message.AsSpan(HeaderSize + PrefixSize, ServersSize);
        servers[0] = RecursiveNameServers;
        servers[1] = ServersSize / 8;
        BinaryPrimitives.WriteUInt32BigEndian(servers[4..], 86_400);
        network.HostIpv6Address.GetAddressBytes().CopyTo(servers[8..]);
        return new RouterAdvertiser(network.Inside(Open), new IPEndPoint(IPAddress.Parse($"ff02::1%{tap}"), 0), message);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using ManualResetEvent ended = new(false);
        if (_timer.Dispose(ended))
            ended.WaitOne();
        _socket.Dispose();
    }

    // Not connected: Linux would choose the source now, before the link is up and has the only address that will do.
    private static Socket Open()
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, NeighbourHops);
        return socket;
    }

    private void Send(byte[] message)
    {
        try
        {
            _socket.SendTo(message, _everyone);
        }
        catch (SocketException)
        {
            // The link is not up yet, or gone: the next one may go.
        }
    }
}
