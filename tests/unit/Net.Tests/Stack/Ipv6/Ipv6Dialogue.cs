using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>A dialogue with an interface that speaks both versions of IP.</summary>
internal sealed class Ipv6Dialogue
{
    public Ipv6Dialogue(Ipv6Configuration? configuration = null, NetworkOffloads offloads = NetworkOffloads.None, bool settled = true, int buffers = 512, int mtu = 1500)
    {
        InterfaceConfiguration both = InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)).With(configuration ?? Ipv6Configuration.Automatic);
        Net = new Dialogue(offloads, both, buffers, mtu);
        if (settled)
            Settle();
    }

    public Dialogue Net { get; }

    /// <summary>The interface's own address on the link.</summary>
    public IpAddress Us => Net.Interface.LinkLocalAddress;

    /// <summary>Its address that is good beyond.</summary>
    public IpAddress Global => Net.Interface.Ipv6!.Addresses.Global?.Address ?? default;

    /// <summary>Lets the time pass in which addresses are asked for, and returns what was sent.</summary>
    public List<SeenIpv6Packet> Settle()
    {
        Net.Advance(Duration.FromMilliseconds(3500));
        return Sent();
    }

    /// <summary>What was sent since the last time.</summary>
    public List<SeenIpv6Packet> Sent()
    {
        List<SeenIpv6Packet> sent = [.. Net.Device.Sent.Select(Ipv6Frames.Read)];
        Net.Device.Sent.Clear();
        return sent;
    }

    /// <summary>What was sent, of one type of ICMPv6.</summary>
    public List<SeenIpv6Packet> Sent(int icmpType) => [.. Sent().Where(packet => packet.IcmpType == icmpType)];

    /// <summary>The next packet but those that the host sends unasked, by time: for routers, and about its groups.</summary>
    public SeenIpv6Packet Expect() => Ipv6Frames.Read(ExpectFrame());

    public byte[] ExpectFrame()
    {
        ForgetUnasked();
        return Net.ExpectFrame();
    }

    /// <summary>Expects that nothing is sent but what the host sends unasked.</summary>
    public void ExpectNothing()
    {
        ForgetUnasked();
        Net.ExpectNothing();
    }

    /// <summary>Expects nothing to be sent, one more drop for this cause, and every buffer back in the pool.</summary>
    public void ExpectDropped(DropCause cause, long times = 1)
    {
        ForgetUnasked();
        Net.ExpectDropped(cause, times);
    }

    public SeenIpv6Packet ExpectIcmp(int type)
    {
        SeenIpv6Packet packet = Expect();
        Assert.Equal(type, packet.IcmpType);
        return packet;
    }

    /// <summary>Makes the stack know the peer, as the peer's own question would.</summary>
    public void IntroducePeer(IpAddress? peer = null)
    {
        Net.Receive(Ipv6Frames.Solicitation(Us, peer));
        ExpectIcmp(Ipv6Frames.NeighbourAdvertisement);
    }

    /// <summary>Lets a router advertise a prefix, and the address that is made of it become usable.</summary>
    public void AdvertisePrefix(string prefix, uint valid = 86_400, uint preferred = 14_400)
    {
        Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption(prefix, valid, preferred)));
        Settle();
    }

    private void ForgetUnasked()
    {
        while (Net.Device.Sent.TryPeek(out byte[]? frame) && frame[12] == 0x86
            && Ipv6Frames.Read(frame).IcmpType is Ipv6Frames.RouterSolicitation or Ipv6Frames.ListenerReport)
        {
            Net.Device.Sent.Dequeue();
        }
    }

    public UdpEndpoint Bind(ushort port, string address = "::", bool isDual = false)
    {
        UdpEndpoint endpoint = Net.Stack.CreateUdpEndpoint();
        endpoint.IsDual = isDual;
        Assert.Equal(BindStatus.Bound, endpoint.Bind(Frames.Ip(address), port));
        return endpoint;
    }
}
