using System;
using System.Net;

namespace Web;

/// <summary>A web server of a few pages in memory (HTTP/1.1: RFC 9110, 9112). One of them shows what it stands on and what that has cost so far.</summary>
/// <remarks>The same source runs as a Linux process and, with the kernel below it, as an appliance. Once it has served as many connections at once as it will, it takes no memory.</remarks>
internal static class Web
{
    private const int HttpPort = 80;

    private static int Main(string[] args)
    {
        if (!TryReadPort(args, out int port))
        {
            Console.WriteLine("usage: web [--port N]   (N from 1 to 65535)");
            return 2;
        }

        HttpServer server = new(new PageSet());
        server.Listen(port);
        Console.WriteLine(string.Concat("web: TCP port ", port.ToString()));
        server.Serve();
        return 0;
    }

    private static bool TryReadPort(string[] args, out int port)
    {
        port = HttpPort;
        return args.Length == 0
            || (args.Length == 2 && args[0] == "--port" && int.TryParse(args[1], out port) && port is >= 1 and <= IPEndPoint.MaxPort);
    }
}
