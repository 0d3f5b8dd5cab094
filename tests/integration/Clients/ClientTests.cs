using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Guest.Integration.Tests.Qemu;

namespace Guest.Integration.Tests.Clients;

/// <summary>Clients that people have, which were not made for this.</summary>
public sealed class ClientTests
{
    private const string PythonEcho = """
        import os, socket, sys
        data = os.urandom(200000)
        s = socket.create_connection((sys.argv[1], 7), 60)
        import threading
        threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR))).start()
        back = b''
        while part := s.recv(65536): back += part
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        u.settimeout(20)
        u.sendto(b'hello', (sys.argv[1], 7))
        print('same' if back == data and u.recv(100) == b'hello' else 'not the same')
        """;

    [Fact]
    public void Apache_bench_and_wrk_get_every_answer_from_the_web_server()
    {
        using Appliance web = Appliance.BootReady(Appliance.Machine("web"));
        string url = $"http://{web.Address}/small";

        string ab = web.Network.Require("ab", "-q", "-k", "-n", "2000", "-c", "16", url);
        Assert.Contains("Failed requests:        0\n", ab, StringComparison.Ordinal);
        Assert.Contains("Keep-Alive requests:    2000\n", ab, StringComparison.Ordinal);

        // Without keep-alive: a connection for each request.
        ab = web.Network.Require("ab", "-q", "-n", "500", "-c", "16", url);
        Assert.Contains("Failed requests:        0\n", ab, StringComparison.Ordinal);
        Assert.Contains("Complete requests:      500\n", ab, StringComparison.Ordinal);

        string wrk = web.Network.Require("wrk", "-t", "1", "-c", "32", "-d", "2s", "--timeout", "20s", url);
        Assert.DoesNotContain("Socket errors", wrk, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", wrk, StringComparison.Ordinal);
        Assert.True(int.Parse(Regex.Match(wrk, "([0-9]+) requests in").Groups[1].Value, CultureInfo.InvariantCulture) > 32, wrk);
    }

    [Fact]
    public void Netcat_and_Python_get_back_what_they_send()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { CommandLine = "tcp=trace" });
        Assert.Equal("hello\n", echo.Network.Require("sh", "-c", $"echo hello | nc -N -w 20 {echo.Address} 7"));
        Assert.Equal("hello\n", echo.Network.Require("sh", "-c", $"echo hello | nc -u -W 1 -w 20 {echo.Address} 7"));
        Assert.Equal("same\n", echo.Network.Require("python3", "-c", PythonEcho, echo.Address.ToString()));

        // What passed is traced, as far as the console keeps up.
        string[] trace = [.. echo.Guest.Console.Where(line => line.StartsWith("tcp: ", StringComparison.Ordinal))];
        Assert.Contains(trace, line => Regex.IsMatch(line, "^tcp: [0-9.]+ in 10.0.0.1 [0-9]+ > 10.0.0.2 7: S seq [0-9]+ len 0 win [0-9]+ mss 1460 shift [0-9]+ sackOK ts [0-9]+/0$"));
        Assert.Contains(trace, line => Regex.IsMatch(line, "^tcp: [0-9.]+ out 10.0.0.2 7 > 10.0.0.1 [0-9]+: PA seq [0-9]+ ack [0-9]+ len 6 win "));
    }
}
