using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network;

/// <summary>Finds ports of the host's loopback that nobody has.</summary>
public static class FreePort
{
    /// <summary>A free UDP port: the preferred one if it is.</summary>
    public static int Udp(int preferred) => Find(SocketType.Dgram, ProtocolType.Udp, preferred);

    /// <summary>A free TCP port: the preferred one if it is.</summary>
    public static int Tcp(int preferred) => Find(SocketType.Stream, ProtocolType.Tcp, preferred);

    private static int Find(SocketType type, ProtocolType protocol, int preferred)
    {
        using Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, preferred));
        }
        catch (SocketException)
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
