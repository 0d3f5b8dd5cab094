using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>How a link is shared and filled: RFC 5681, 6928, 9406, 9438, 6937 and 3168, on a link with a bottleneck.</summary>
public sealed class CongestionTests
{
    private const long BytesPerSecond = 1_250_000; // ten megabits

    private static readonly Duration s_limit = Duration.FromSeconds(600);
    private static readonly LinkQuality s_bottleneck = new() { BytesPerSecond = BytesPerSecond, Delay = Duration.FromMilliseconds(20), QueueBytes = 64 * 1024 };

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.NewReno)]
    public void A_bottleneck_is_filled_and_hardly_overflows(CongestionAlgorithm algorithm)
    {
        SimulatedLink link = new(1, s_bottleneck);
        link.A.Stack.Tcp.Congestion = algorithm;
        Instant begin = link.Now;

        (Instant end, _) = Run(link, 10_000_000);

        double seconds = (end - begin).Nanoseconds / 1e9;
        Assert.InRange(seconds, 8, 11); // eight are the least
        Assert.InRange(link.A.Stack.TcpCounters.Retransmissions, 0, 200);
        Assert.Equal(0, link.A.Stack.TcpCounters.RecoveriesUndone);
        Assert.Equal(0, link.A.Stack.TcpCounters.Timeouts);
    }

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.NewReno)]
    public void Marks_hold_the_sender_back_before_anything_is_lost(CongestionAlgorithm algorithm)
    {
        SimulatedLink link = new(1, s_bottleneck with { Marks = true });
        link.A.Stack.Tcp.Congestion = algorithm;
        link.A.Stack.Tcp.OffersEcn = true;
        Instant begin = link.Now;

        (Instant end, _) = Run(link, 5_000_000);

        Assert.InRange((end - begin).Nanoseconds / 1e9, 4, 6);
        Assert.InRange(link.A.Stack.TcpCounters.CongestionEchoes, 1, 100);
        Assert.Equal(0, link.A.Stack.TcpCounters.Retransmissions);
    }

    [Fact]
    public void Slow_start_ends_before_the_queue_overflows()
    {
        SimulatedLink link = new(1, s_bottleneck with { QueueBytes = 400 * 1024 });

        Run(link, 2_000_000);

        Assert.Equal(0, link.A.Stack.TcpCounters.Retransmissions);
    }

    [Fact]
    public void An_outage_that_is_shorter_than_the_time_outs_is_survived()
    {
        SimulatedLink link = new(1, s_bottleneck);
        Instant dark = link.Now + Duration.FromSeconds(2);
        link.Watch = (_, _) => link.Now < dark || link.Now > dark + Duration.FromSeconds(20);

        (_, long received) = Run(link, 5_000_000);

        Assert.Equal(5_000_000, received);
        Assert.InRange(link.A.Stack.TcpCounters.Timeouts, 1, 20);
    }

    [Fact]
    public void A_router_that_drops_long_packets_and_says_nothing_is_found_out()
    {
        SimulatedLink link = new(1, s_bottleneck);
        link.Watch = (_, frame) => frame.Length <= 1000 + 14;

        (_, long received) = Run(link, 500_000);

        Assert.Equal(500_000, received);
    }

    [Fact]
    public void CUBIC_grows_faster_far_from_the_last_loss_and_is_flat_near_it()
    {
        Cubic cubic = new();
        RoundTripTime roundTrip = default;
        roundTrip.Begin();
        roundTrip.Add(Duration.FromMilliseconds(100));
        Instant now = Instant.Zero + Duration.FromSeconds(1);
        cubic.Begin(1000, synWasLost: false);
        cubic.Window = 1_000_000;
        cubic.OnCongestion(1_000_000, now);
        cubic.Window = cubic.Threshold;
        Assert.Equal(700_000, cubic.Window); // RFC 9438, 4.6

        List<int> windows = [];
        for (int round = 0; round < 150; round++)
        {
            now += Duration.FromMilliseconds(100);
            int window = cubic.Window;
            for (int acked = 0; acked < window; acked += 2000)
                cubic.OnAcknowledged(2000, in roundTrip, false, now);
            windows.Add(cubic.Window);
        }

        // K is the cube root of 300 / 0.4: nine seconds until the window is what it was.
        Assert.InRange(windows[88], 950_000, 1_010_000);
        int early = windows[10] - windows[0];
        int middle = windows[90] - windows[80];
        int late = windows[149] - windows[139];
        Assert.True(early > 4 * middle && late > 4 * middle, $"{early} {middle} {late}");
    }

    [Fact]
    public void A_thousand_connections_share_a_small_machine()
    {
        const int Connections = 1000;
        SimulatedLink link = new(1, new LinkQuality { Loss = 2, Delay = Duration.FromMilliseconds(10) });
        TcpListenEndpoint listener = link.B.Stack.CreateTcpListenEndpoint();
        listener.Bind(IpAddress.AnyIpv4, 7);
        listener.Listen(2 * Connections);
        List<TcpEndpoint> clients = [];
        List<TcpEndpoint> servers = [];
        int echoed = 0;
        byte[] buffer = new byte[4000];
        link.B.Turn = () =>
        {
            while (listener.TryAccept() is { } accepted)
                servers.Add(accepted);
            foreach (TcpEndpoint server in servers)
            {
                // As much as can be sent back, so that nothing has to be kept.
                int length = server.Peek(buffer.AsSpan(0, Math.Min(buffer.Length, server.SendRoom)));
                if (length != 0)
                    server.Receive(buffer.AsSpan(0, server.Send(buffer.AsSpan(0, length))));
            }
        };
        link.A.Turn = () =>
        {
            foreach (TcpEndpoint client in clients)
                echoed += client.Receive(buffer);
        };
        link.RunUntil(() => false, Duration.FromMilliseconds(100));
        for (int i = 0; i < Connections; i++)
        {
            TcpEndpoint client = link.A.Stack.CreateTcpEndpoint();
            Assert.Equal(TcpError.None, client.Connect(link.B.Address, 7));
            clients.Add(client);
        }

        Assert.True(link.RunUntil(() => clients.TrueForAll(client => client.IsEstablished), s_limit), "not all were opened");
        int sent = 0;
        foreach (TcpEndpoint client in clients)
            sent += client.Send(new byte[3000]);
        Assert.True(link.RunUntil(() => echoed == sent, s_limit), $"{echoed} of {sent}");
        foreach (TcpEndpoint client in clients)
            client.Abort();
        foreach (TcpEndpoint server in servers)
            server.Abort();
        listener.Close();
        link.A.Turn = link.B.Turn = null;
        link.RunUntil(() => false, s_limit);
        link.A.GiveBackPool();
        link.B.GiveBackPool();
    }

    /// <summary>Has A send to B, and says when B had everything.</summary>
    private static (Instant End, long Received) Run(SimulatedLink link, long length)
    {
        Instant end = default;
        (Transfer there, _) = Transfer.Run(link, length, 0, 1, s_limit, () => end = link.Now);
        return (end, there.Received);
    }
}
