using System.Net;
using System.Net.Sockets;

namespace Echo;

/// <summary>Sockets that serve both versions of IP, where the host has both.</summary>
internal static class BothVersions
{
    /// <summary>Makes a socket on all of the host's addresses.</summary>
    public static Socket Bind(SocketType type, ProtocolType protocol, int port)
    {
        bool both = Socket.OSSupportsIPv6;
        Socket socket = new(both ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, type, protocol);
        if (both)
            socket.DualMode = true;
        if (type == SocketType.Stream)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(both ? IPAddress.IPv6Any : IPAddress.Any, port));
        return socket;
    }
}
