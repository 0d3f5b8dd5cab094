using Guest.Core;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Sockets;

/// <summary>A stack that sockets use, over a fake device that the run loop polls while a socket waits.</summary>
internal sealed class SocketRig
{
    // The run loop's: one for all tests, which are not run beside one another.
    private static readonly TestClock s_clock = new();

    static SocketRig()
    {
        Platform.Install(s_clock);
        Processor.Current.RunLoop.Add(s_clock);
    }

    public SocketRig(Ipv6Configuration? ipv6 = null, AddressList nameServers = default)
    {
        InterfaceConfiguration configuration = InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24), Frames.Ip("10.0.0.254"), nameServers).With(ipv6 ?? Ipv6Configuration.Off);
        Net = new Dialogue(configuration: configuration, timers: s_clock.Processor.Timers, now: s_clock.Now);
        Net.IntroducePeer();
        s_clock.Interface = Net.Interface;
        s_clock.Peer = null;
        s_clock.OnIdle = null;
        NetworkStack.Current = Net.Stack;
    }

    public TestClock Clock => s_clock;

    public Dialogue Net { get; }

    /// <summary>Puts another host at the far side, which knows the time: a test before this one may have let minutes pass.</summary>
    public SocketPeer AddPeer()
    {
        SocketPeer peer = new(Net.Device);
        peer.Poll(s_clock.Now);
        s_clock.Peer = peer;
        return peer;
    }
}
