using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Echo;

/// <summary>The echo, discard and character generator protocols (RFC 862, 863, 864) over UDP and TCP.</summary>
/// <remarks>The same source runs as a Linux process and, with the kernel below it, as an appliance. UDP's echo has a thread of its own, which waits for nothing else: an
/// answer costs no more for all that is beside it. The loops allocate nothing.</remarks>
internal static class Echo
{
    private const int EchoPort = 7;
    private const int DiscardPort = 9;
    private const int GeneratorPort = 19;

    private static int Main(string[] args)
    {
        if (!TryReadPort(args, out int port))
        {
            Console.WriteLine("usage: echo [--port N]   (N from 1 to 65535; RFC 862 says 7: then discard and chargen are served, too)");
            return 2;
        }

        using Socket socket = Bind(port, AddressFamily.InterNetwork);
        StreamServer streams = new();
        streams.Listen(new EchoService(), port);
        Console.WriteLine(string.Concat("echo: UDP and TCP port ", port.ToString()));
        if (port == EchoPort)
        {
            streams.Listen(new DiscardService(), DiscardPort);
            streams.Listen(new GeneratorService(), GeneratorPort);
            Start("discard", DiscardPort, Datagrams.Discard);
            Start("chargen", GeneratorPort, Datagrams.Generate);
            Console.WriteLine("echo: discard on port 9, chargen on port 19");
        }

        // A socket for both versions of IP would do, too; but an answer by IPv4 costs less for not having to look which it is.
        if (Socket.OSSupportsIPv6)
            Start("echo6", Bind(port, AddressFamily.InterNetworkV6), Datagrams.Echo);
        new Thread(streams.Serve) { Name = "streams", IsBackground = true }.Start();
        Datagrams.Echo(socket);
        return 0;
    }

    private static void Start(string name, int port, Action<Socket> serve) =>
        Start(name, BothVersions.Bind(SocketType.Dgram, ProtocolType.Udp, port), serve);

    private static void Start(string name, Socket socket, Action<Socket> serve) =>
        new Thread(() => serve(socket)) { Name = name, IsBackground = true }.Start();

    private static Socket Bind(int port, AddressFamily family)
    {
        Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
        return socket;
    }

    private static bool TryReadPort(string[] args, out int port)
    {
        port = EchoPort;
        return args.Length == 0
            || (args.Length == 2 && args[0] == "--port" && int.TryParse(args[1], out port) && port is >= 1 and <= IPEndPoint.MaxPort);
    }
}
