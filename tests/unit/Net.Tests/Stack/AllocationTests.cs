using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Issue 2: nothing is allocated per packet; at most one copy in and one out.</summary>
public sealed class AllocationTests
{
    private const int Echoes = 1_000_000;
    private const int Burst = 16;
    private const int PayloadLength = 64;

    [Theory]
    [InlineData(NetworkOffloads.None)]
    [InlineData(NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum)]
    public void Million_echoes_allocate_nothing(NetworkOffloads offloads)
    {
        PacketPool pool = new(256);
        LoopDevice device = new(pool, offloads);
        NetworkStack stack = new(seed: 1) { Clock = static () => Instant.Zero };
        NetworkInterface network = stack.AddInterface(device, pool, InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)), Instant.Zero);
        UdpEndpoint endpoint = stack.CreateUdpEndpoint();
        endpoint.Bind(IpAddress.AnyIpv4, 7);

        device.BurstSize = 1;
        device.Ask(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        network.Poll(Instant.Zero);
        device.BurstSize = Burst;
        device.Ask(Frames.Udp(4000, 7, new byte[PayloadLength]));

        byte[] buffer = new byte[2048];
        Run(network, endpoint, buffer, 10 * Burst);
        long copiedBefore = device.Counters[PathEvent.CopiedBytes];
        long answersBefore = device.Answers;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(network, endpoint, buffer, Echoes);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(Echoes, device.Answers - answersBefore);
        Assert.Equal(2L * PayloadLength * Echoes, device.Counters[PathEvent.CopiedBytes] - copiedBefore);
        Assert.Equal(0, network.Drops.Total);
        Assert.Equal(pool.Count, pool.Available);
    }

    [Fact]
    public void A_million_endpoints_that_come_and_go_allocate_nothing()
    {
        NetworkStack stack = new(seed: 1);
        OpenAndClose(stack, 1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        OpenAndClose(stack, 1_000_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void OpenAndClose(NetworkStack stack, int count)
    {
        for (int i = 0; i < count; i++)
        {
            UdpEndpoint endpoint = stack.CreateUdpEndpoint();
            if (endpoint.Bind(IpAddress.AnyIpv4, 0) != BindStatus.Bound)
                Assert.Fail("no port is free");
            endpoint.Close();
        }
    }

    private static void Run(NetworkInterface network, UdpEndpoint endpoint, byte[] buffer, int count)
    {
        int done = 0;
        while (done < count)
        {
            network.Poll(Instant.Zero);
            while (endpoint.TryReceive(buffer, out UdpReceipt receipt))
            {
                endpoint.Send(buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort);
                done++;
            }
        }
    }
}
