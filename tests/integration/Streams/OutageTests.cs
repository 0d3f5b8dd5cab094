using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Guest.Integration.Tests.Qemu;
using Guest.Integration.Tests.Xen;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Streams;

/// <summary>Many connections at once, each echoing random data, while the link goes away and comes again: they survive an outage that is shorter than their time-outs.</summary>
/// <remarks>Two paths and few connections as a rule. GUEST_OUTAGE=1000x60 has so many connections for so many seconds, on every path of QEMU's.</remarks>
public sealed class OutageTests
{
    private const string Variable = "GUEST_OUTAGE";
    private const int UsualConnections = 50;
    private const int LongestPiece = 4_000;

    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(1.5);

    public static TheoryData<string> Paths => Environment.GetEnvironmentVariable(Variable) is null ? ["virtio", "rtl8139"] : [.. WorkingPaths.All];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Connections_survive_a_link_that_goes_down_and_up(string path)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path));
        EchoThrough(echo.Network, echo.Address, () =>
        {
            SetLink(echo, up: false);
            Thread.Sleep(s_outage);
            SetLink(echo, up: true);
        });
    }

    [Fact]
    public void Connections_survive_an_interface_that_is_taken_away_and_given_back()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using XenHost host = XenHost.Restore(network);
        XenAppliance echo = XenAppliance.Boot(host, network, DomainType.Pv);
        echo.WaitUntilItAnswers();
        EchoThrough(network, network.GuestAddress, () =>
        {
            int lines = echo.Domain.Console.Count;
            echo.Domain.Xl("network-detach", "0");
            echo.Domain.Xl("network-attach");
            echo.Domain.Console.WaitFor("link up", XenAppliance.Patience, lines);
        });
    }

    private static void SetLink(Appliance echo, bool up) =>
        echo.Guest.Qmp.Execute("set_link", new JsonObject { ["name"] = QemuMachine.NetworkId, ["up"] = up });

    private static void EchoThrough(NetworkNamespace network, IPAddress server, Action outage)
    {
        (int connections, TimeSpan duration) = Amount();
        StreamClient[] clients = [.. Enumerable.Range(0, connections).Select(_ => StreamClient.Open(network, server, StreamClient.Echo))];
        try
        {
            long[] echoed = new long[connections];
            using CancellationTokenSource enough = new();
            Task[] exchanges = [.. clients.Select((client, index) => Task.Factory.StartNew(
                () => EchoUntil(client, index, echoed, enough.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            Stopwatch elapsed = Stopwatch.StartNew();
            Thread.Sleep(duration / 2);
            outage();
            long[] before = [.. echoed.Select((_, index) => Volatile.Read(ref echoed[index]))];

            // All go on, each when its own time-out is over.
            while (elapsed.Elapsed < duration || before.Where((count, index) => Volatile.Read(ref echoed[index]) == count).Any())
            {
                Assert.True(elapsed.Elapsed < duration + TimeSpan.FromSeconds(60), "not all connections went on");
                Assert.DoesNotContain(exchanges, exchange => exchange.IsFaulted);
                Thread.Sleep(20);
            }

            enough.Cancel();
            Task.WaitAll(exchanges, CancellationToken.None);
        }
        finally
        {
            foreach (StreamClient client in clients)
                client.Dispose();
        }
    }

    private static void EchoUntil(StreamClient client, int seed, long[] echoed, CancellationToken enough)
    {
        Random random = new(seed);
        byte[] piece = new byte[LongestPiece];
        while (!enough.IsCancellationRequested)
        {
            Span<byte> sent = piece.AsSpan(0, random.Next(1, LongestPiece));
            random.NextBytes(sent);
            client.Socket.Send(sent);
            Assert.Equal(sent.ToArray(), client.Receive(sent.Length));
            Volatile.Write(ref echoed[seed], echoed[seed] + sent.Length);
        }
    }

    private static (int Connections, TimeSpan Duration) Amount()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } text)
            return (UsualConnections, s_usual);
        string[] parts = text.Split('x');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(int.Parse(parts[1], CultureInfo.InvariantCulture)));
    }
}
