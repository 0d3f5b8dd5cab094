using System;
using Guest.Core.Randomness;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>A stack with one interface on a fake device, and a clock that the test moves: the test plays the rest of the network.</summary>
internal sealed class Dialogue
{
    public Dialogue(NetworkOffloads offloads = NetworkOffloads.None, InterfaceConfiguration? configuration = null, int buffers = 512, int mtu = 1500, bool linkUp = true, TimerQueue? timers = null, Instant? now = null)
    {
        Now = now ?? Now;
        Pool = new PacketPool(buffers);
        Device = new FakeDevice(Pool, offloads) { Mtu = mtu, LinkUp = linkUp };
        Stack = new NetworkStack(timers ?? new TimerQueue(), new RandomGenerator(seed: 1));
        configuration ??= InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24), Frames.Ip("10.0.0.254"));
        Interface = Stack.AddInterface(Device, Pool, configuration, Now);
        if (configuration.UsesDhcp || !linkUp)
            return;
        Interface.Poll(Now);
        Device.Sent.Dequeue(); // the announcement; ArpTests look at it
    }

    public PacketPool Pool { get; }

    public FakeDevice Device { get; }

    public NetworkStack Stack { get; }

    public NetworkInterface Interface { get; }

    /// <summary>Until when the machine would idle if nothing arrived.</summary>
    public Instant Earliest => Stack.Timers.Earliest;

    public Instant Now { get; private set; } = Instant.Zero + Duration.FromSeconds(1);

    /// <summary>Lets a frame arrive, and the stack see it.</summary>
    public void Receive(params byte[][] frames)
    {
        foreach (byte[] frame in frames)
            Device.Inject(frame);
        Poll();
    }

    /// <summary>Lets the stack see what arrived, and then that nothing more did: what it leaves for a quiet pass is done too.</summary>
    public void Poll()
    {
        Pass();
        Pass();
    }

    /// <summary>Does what the run loop does in a pass.</summary>
    public bool Pass()
    {
        bool again = Interface.Poll(Now);
        Stack.Timers.Fire(Now);
        return again;
    }

    /// <summary>Moves the clock as the run loop would: from deadline to deadline.</summary>
    public void Advance(Duration duration)
    {
        Instant end = Now + duration;
        while (Earliest <= end)
        {
            Now = Earliest > Now ? Earliest : Now;
            Poll();
            Assert.True(Earliest > Now, "a timer that fired is still due");
        }

        Now = end;
        Poll();
    }

    /// <summary>Lets nothing arrive until the interface has looked at its link for the last time, as it does within fifty milliseconds.</summary>
    public void BeQuiet() => Advance(Duration.FromMilliseconds(50));

    /// <summary>Makes the stack know the peer, as the peer's own request for us would.</summary>
    public void IntroducePeer()
    {
        Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        ExpectArp(ArpOperation.Reply);
    }

    public byte[] ExpectFrame()
    {
        Assert.True(Device.Sent.Count > 0, "expected a frame, none was sent");
        return Device.Sent.Dequeue();
    }

    public SeenPacket ExpectIpv4() => Frames.ReadIpv4(ExpectFrame());

    public SeenDatagram ExpectUdp(bool isSummed = true) => Frames.ReadUdp(ExpectFrame(), isSummed);

    public ArpPacket ExpectArp(ArpOperation operation)
    {
        byte[] frame = ExpectFrame();
        Assert.True(EthernetHeader.TryRead(frame, out EthernetHeader header));
        Assert.Equal(EtherType.Arp, header.Type);
        Assert.True(ArpPacket.TryRead(frame.AsSpan(EthernetHeader.Size), out ArpPacket packet));
        Assert.Equal(operation, packet.Operation);
        return packet;
    }

    public void ExpectNothing() => Assert.Empty(Device.Sent);

    /// <summary>Expects nothing to be sent, one more drop for this cause, and every buffer back in the pool.</summary>
    public void ExpectDropped(DropCause cause, long times = 1)
    {
        ExpectNothing();
        Assert.Equal(times, Interface.Drops[cause]);
        ExpectAllBuffersBack();
    }

    /// <summary>Expects every buffer back in the pool, untouched since, and none to be counted as kept.</summary>
    public void ExpectAllBuffersBack()
    {
        Assert.Equal(Pool.Count, Pool.Available);
        Assert.Equal(Pool.KeepLimit, Pool.KeepRoom);
        Pool.CheckPoison();
    }

    public UdpEndpoint Bind(ushort port, string address = "0.0.0.0")
    {
        UdpEndpoint endpoint = Stack.CreateUdpEndpoint();
        Assert.Equal(BindStatus.Bound, endpoint.Bind(Frames.Ip(address), port));
        return endpoint;
    }
}
