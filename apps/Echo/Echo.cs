using System;
using System.Net;
using System.Net.Sockets;

namespace Echo;

/// <summary>The echo protocol over UDP (RFC 862): whatever comes goes back to its sender.</summary>
/// <remarks>The same source runs as a Linux process and, with the kernel below it, as an appliance. The loop allocates nothing.</remarks>
internal static class Echo
{
    private const int EchoPort = 7;

    private static int Main(string[] args)
    {
        if (!TryReadPort(args, out int port))
        {
            Console.WriteLine("usage: echo [--port N]   (N from 1 to 65535; RFC 862 says 7)");
            return 2;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        Console.WriteLine(string.Concat("echo: UDP port ", port.ToString()));
        Serve(socket);
        return 0;
    }

    private static void Serve(Socket socket)
    {
        byte[] buffer = new byte[65_536];
        SocketAddress sender = new(AddressFamily.InterNetwork);
        while (true)
        {
            int length = socket.ReceiveFrom(buffer, SocketFlags.None, sender);
            socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, sender);
        }
    }

    private static bool TryReadPort(string[] args, out int port)
    {
        port = EchoPort;
        return args.Length == 0
            || (args.Length == 2 && args[0] == "--port" && int.TryParse(args[1], out port) && port is >= 1 and <= IPEndPoint.MaxPort);
    }
}
