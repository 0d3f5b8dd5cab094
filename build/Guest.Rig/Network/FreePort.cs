using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network;

/// <summary>Finds ports of the host's loopback that nobody has at this moment.</summary>
public static class FreePort
{
    /// <summary>A free UDP port.</summary>
    public static int Udp() => Find(SocketType.Dgram, ProtocolType.Udp);

    /// <summary>A free TCP port.</summary>
    public static int Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    private static int Find(SocketType type, ProtocolType protocol)
    {
        using Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
