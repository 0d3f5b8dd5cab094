using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Apps;

/// <summary>Is in a group of each version of IP, and sends back what is sent to them, until a line is typed; and is in none from then on.</summary>
internal static class Groups
{
    private const int Port = 7007;

    public static int Run()
    {
        Thread.Sleep(3_000); // IPv6's addresses are asked for before they are used
        Socket ipv4 = Join(AddressFamily.InterNetwork, SocketOptionLevel.IP, new MulticastOption(IPAddress.Parse("239.7.7.7")));
        Socket ipv6 = Join(AddressFamily.InterNetworkV6, SocketOptionLevel.IPv6, new IPv6MulticastOption(IPAddress.Parse("ff02::7:7")));
        Console.WriteLine("groups: joined");
        Console.ReadLine();
        ipv4.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.DropMembership, new MulticastOption(IPAddress.Parse("239.7.7.7")));
        ipv6.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.DropMembership, new IPv6MulticastOption(IPAddress.Parse("ff02::7:7")));
        Console.WriteLine("groups: left");
        Thread.Sleep(Timeout.Infinite);
        return 1;
    }

    private static Socket Join(AddressFamily family, SocketOptionLevel level, object group)
    {
        Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, Port));
        if (!socket.TrySetSocketOption(level, SocketOptionName.AddMembership, group, out SocketError error))
            Console.WriteLine("groups: not joined, " + ((int)error).ToString());
        new Thread(() => Echo(socket, family)) { IsBackground = true }.Start();
        return socket;
    }

    private static void Echo(Socket socket, AddressFamily family)
    {
        byte[] buffer = new byte[2_000];
        SocketAddress sender = new(family);
        while (true)
        {
            int length = socket.ReceiveFrom(buffer, SocketFlags.None, sender);
            socket.SendTo(buffer.AsSpan(0, Math.Max(length, 0)), SocketFlags.None, sender);
        }
    }
}
