using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Guest.Integration.Tests.Qemu;
using Guest.Integration.Tests.Xen;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Streams;

/// <summary>Many connections on a machine of 64 MiB: those that never read, and those that say nothing.</summary>
public sealed class CrowdTests
{
    private const int Deaf = 208;

    // Some seconds; a process that may not open so many sockets is told of fewer.
    private const string CountVariable = "GUEST_IDLE_CONNECTIONS";
    private const int UsualConnections = 10_000;

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(3);

    [Fact]
    public void Hundreds_of_peers_that_never_read_hold_up_nobody_else()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        ServeBesideDeafPeers(echo.Network, echo.Address);

        // They had everything, and had to give it back.
        echo.Counters();
        string counts = echo.Guest.Console.Last(line => line.StartsWith("tcp {\"counts\"", StringComparison.Ordinal));
        Assert.Matches("\"(deafPeers|unread)GivenUp\":[1-9]", counts);
    }

    [Fact]
    public void Hundreds_of_peers_that_never_read_hold_up_nobody_else_of_a_domain()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using XenHost host = XenHost.Restore(network);
        XenAppliance echo = XenAppliance.Boot(host, network, DomainType.Pv);
        echo.WaitUntilItAnswers();
        ServeBesideDeafPeers(network, network.GuestAddress);
    }

    [Fact]
    public void Thousands_of_idle_connections_cost_memory_and_nothing_else()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), out int asked) ? asked : UsualConnections;
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        GuestCounters first = echo.Counters();
        List<StreamClient> clients = [];
        try
        {
            byte[] word = [1, 2, 3];
            for (int i = 0; i < count; i++)
            {
                StreamClient client = StreamClient.Open(echo.Network, echo.Address, StreamClient.Echo);
                clients.Add(client);
                ExchangeSome(client, word);
            }

            Thread.Sleep(s_idle);
            GuestCounters before = echo.Counters();
            Thread.Sleep(s_idle);
            GuestCounters idle = echo.Counters().Since(before);

            long bytes = before.Devices["cpu"]["allocatedBytes"] - first.Devices["cpu"]["allocatedBytes"];
            Assert.InRange(bytes / count, 500, 4_000);

            // The console's own, and what the interface looks after by itself.
            Assert.InRange(idle.Devices["cpu"].GetValueOrDefault("timersFired"), 0, 20);
            Assert.InRange(idle.Devices["virtio-net0"].GetValueOrDefault("received"), 0, 5);
            Assert.InRange(idle.Devices["virtio-net0"].GetValueOrDefault("sent"), 0, 5);

            // All are there still, and so is everybody else.
            foreach (StreamClient client in clients)
                ExchangeSome(client, word);
            echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1_472, 500) }));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    // Half of them to a service that answers, half to one that reads nothing.
    private static void ServeBesideDeafPeers(NetworkNamespace network, IPAddress server)
    {
        using StreamClient client = StreamClient.Open(network, server, StreamClient.Echo);
        List<StreamClient> deaf = [];
        try
        {
            Task opening = Task.Factory.StartNew(
                () =>
                {
                    for (int i = 0; i < Deaf; i++)
                        deaf.Add(StreamClient.OpenDeaf(network, server, i % 2 == 0 ? StreamClient.Echo : StreamClient.Generator));
                },
                TaskCreationOptions.LongRunning);

            // Those that are open already are served while the crowd comes, and newcomers are when it is there.
            int rounds = 0;
            while (!opening.IsCompleted || rounds < 20)
                ExchangeSome(client, StreamClient.RandomBytes(++rounds, 1_000));
            opening.GetAwaiter().GetResult();
            StreamClient.ExchangeOverMany(network, server, connections: 4, bytesEach: 50_000);
            ExchangeSome(client, StreamClient.RandomBytes(0, 1_000));
        }
        finally
        {
            deaf.ForEach(one => one.Dispose());
        }
    }

    private static void ExchangeSome(StreamClient client, byte[] bytes)
    {
        client.Socket.Send(bytes);
        Assert.Equal(bytes, client.Receive(bytes.Length));
    }
}
