using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack.Tcp.Links;
using Guest.Net.Wire;

namespace Guest.Figures;

/// <summary>The window of our stack that sends to itself on a simulated link.</summary>
internal static class OurWindow
{
    private const ushort Port = 9;

    /// <summary>Seconds, and segments.</summary>
    public static List<(double Time, double Window)> Measure()
    {
        SimulatedLink link = new(Bottleneck.Seed, new LinkQuality
        {
            BytesPerSecond = Bottleneck.BytesPerSecond,
            QueueBytes = Bottleneck.QueueBytes,
            Delay = Duration.FromMilliseconds(Bottleneck.DelayMilliseconds),
        });
        TcpListenEndpoint listener = link.B.Stack.CreateTcpListenEndpoint();
        listener.Bind(IpAddress.AnyIpv4, Port);
        listener.Listen(1);
        TcpEndpoint client = link.A.Stack.CreateTcpEndpoint();
        TcpEndpoint? server = null;
        byte[] bytes = new byte[65_536];
        link.A.Turn = () =>
        {
            while (client.Send(bytes) != 0)
            {
            }
        };
        link.B.Turn = () =>
        {
            server ??= listener.TryAccept();
            while (server?.Receive(bytes) > 0)
            {
            }
        };

        // The first pass tells the stack the time.
        link.RunUntil(() => false, Duration.FromMilliseconds(100));
        client.Connect(link.B.Address, Port);
        Instant start = link.Now;
        List<(double, double)> samples = [];
        while ((link.Now - start).Milliseconds < Bottleneck.Duration.TotalMilliseconds)
        {
            Instant next = start + Duration.FromMilliseconds((samples.Count + 1) * (long)Bottleneck.Interval.TotalMilliseconds);
            link.RunUntil(() => link.Now >= next, Duration.FromSeconds(5));
            samples.Add(((link.Now - start).Nanoseconds / 1e9, (double)client.Congestion.Window / client.Congestion.SegmentSize));
        }

        return samples;
    }
}
