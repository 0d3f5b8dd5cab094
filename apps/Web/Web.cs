using System;
using System.Net;

namespace Web;

/// <summary>A web server of a few pages in memory (HTTP/1.1: RFC 9110, 9112). One of them shows what it stands on and what that has cost so far.</summary>
/// <remarks>The same source runs as a Linux process and, with the kernel below it, as an appliance. Once it has served as many connections at once as it will, it takes no memory.</remarks>
internal static class Web
{
    private const int HttpPort = 80;
    private const int UsualPatience = 20;
    private const int LongestPatience = 3600;

    private static int Main(string[] args)
    {
        if (!TryRead(args, out int port, out int patience))
        {
            Console.WriteLine("usage: web [--port N] [--patience N]   (a port from 1 to 65535; seconds that a request may take, from 1 to 3600)");
            return 2;
        }

        HttpServer server = new(new PageSet(), patience);
        server.Listen(port);
        Console.WriteLine(string.Concat("web: TCP port ", port.ToString()));
        server.Serve();
        return 0;
    }

    private static bool TryRead(string[] args, out int port, out int patience)
    {
        port = HttpPort;
        patience = UsualPatience;
        bool isGood = args.Length % 2 == 0;
        for (int i = 0; isGood && i < args.Length; i += 2)
        {
            isGood = args[i] switch
            {
                "--port" => int.TryParse(args[i + 1], out port) && port is >= 1 and <= IPEndPoint.MaxPort,
                "--patience" => int.TryParse(args[i + 1], out patience) && patience is >= 1 and <= LongestPatience,
                _ => false,
            };
        }

        return isGood;
    }
}
