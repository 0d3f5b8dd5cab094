using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>How an interface comes to its addresses (RFC 4862, RFC 7217).</summary>
public sealed class AddressConfigurationTests
{
    private static readonly MacAddress s_other = new(0x0200_0000_0077);

    [Fact]
    public void Nothing_is_sent_and_nothing_heard_where_it_is_off()
    {
        Ipv6Dialogue link = new(Ipv6Configuration.Off);
        link.Net.Receive(Ipv6Frames.Solicitation(Ipv6Frames.Peer));
        link.Net.Advance(Duration.FromSeconds(60));
        link.Net.ExpectDropped(DropCause.UnknownEtherType);
    }

    [Fact]
    public void The_link_is_asked_before_an_address_is_used()
    {
        Ipv6Dialogue link = new(settled: false);
        List<SeenIpv6Packet> sent = link.Settle();
        SeenIpv6Packet probe = Assert.Single(sent, packet => packet.IcmpType == Ipv6Frames.NeighbourSolicitation);
        Assert.True(probe.Source.IsUnspecified);
        Assert.Equal(link.Us, probe.Target);
        Assert.Equal(Ipv6Frames.SolicitedNode(link.Us), probe.Destination);
        Assert.Equal(Ipv6Frames.GroupLink(probe.Destination), probe.LinkDestination);
        Assert.Equal(24, probe.Payload.Length); // no link address goes with an unspecified source
        Assert.Equal(255, probe.HopLimit);

        SeenIpv6Packet report = sent.First(packet => packet.IcmpType == Ipv6Frames.ListenerReport);
        Assert.True(sent.IndexOf(report) < sent.IndexOf(probe));
        Assert.True(report.HasRouterAlert);
        Assert.Equal((1, Frames.Ip("ff02::16")), (report.HopLimit, report.Destination));
        Assert.Equal([0, 0, 0, 1, 4, 0, 0, 0, .. Ipv6Frames.Bytes(probe.Destination)], report.Payload[4..]);
        Assert.True(link.Us.IsLinkLocal);
        Assert.Equal(0xfe80_0000_0000_0000, link.Us.High);
    }

    [Fact]
    public void An_address_tells_nothing_of_the_card_and_differs_from_boot_to_boot()
    {
        Ipv6Dialogue link = new();
        byte[] identifier = Ipv6Frames.Bytes(link.Us)[8..];
        Assert.DoesNotContain(Enumerable.Range(0, 6), at => identifier.AsSpan(at).StartsWith(Ipv6Frames.Bytes(Frames.OurLink).AsSpan(3)));
        InterfaceIdentifier one = new(new Guest.Core.Randomness.RandomGenerator(1));
        InterfaceIdentifier two = new(new Guest.Core.Randomness.RandomGenerator(2));
        Assert.Equal(one.Choose(1, 2, 0), one.Choose(1, 2, 0));
        HashSet<IpAddress> all = [one.Choose(1, 2, 0), one.Choose(1, 2, 1), one.Choose(1, 3, 0), one.Choose(2, 2, 0), two.Choose(1, 2, 0)];
        Assert.Equal(5, all.Count);
    }

    [Fact]
    public void The_boot_does_not_wait()
    {
        Ipv6Dialogue link = new(settled: false);
        Assert.True(link.Net.Interface.IsUsable);
        Assert.True(link.Us.IsUnspecified);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_one_is_chosen_if_another_host_has_it_or_wants_it(bool asks)
    {
        Ipv6Dialogue link = new(settled: false);
        IpAddress wanted = WaitForProbe(link);
        link.Net.Receive(asks ? Ipv6Frames.Solicitation(wanted, default(IpAddress), s_other) : Ipv6Frames.Advertisement(wanted, s_other));
        link.Settle();
        Assert.True(link.Us.IsLinkLocal);
        Assert.NotEqual(wanted, link.Us);
    }

    [Fact]
    public void Our_own_question_coming_back_is_no_conflict()
    {
        Ipv6Dialogue link = new(settled: false);
        IpAddress wanted = WaitForProbe(link);
        link.Net.Receive(Ipv6Frames.Solicitation(wanted, default(IpAddress), Frames.OurLink));
        link.Settle();
        Assert.Equal(wanted, link.Us);
    }

    [Fact]
    public void Who_looks_for_the_owner_of_a_tentative_address_is_not_answered_and_no_conflict()
    {
        Ipv6Dialogue link = new(settled: false);
        IpAddress wanted = WaitForProbe(link);
        link.Net.Receive(Ipv6Frames.Solicitation(wanted));
        Assert.Empty(link.Sent(Ipv6Frames.NeighbourAdvertisement));
        link.Settle();
        Assert.Equal(wanted, link.Us);
    }

    [Fact]
    public void After_four_conflicts_there_is_no_address_and_the_host_lives()
    {
        Ipv6Dialogue link = new(settled: false);
        HashSet<IpAddress> tried = [];
        for (int i = 0; i < 4; i++)
        {
            IpAddress wanted = WaitForProbe(link);
            Assert.True(tried.Add(wanted));
            link.Net.Receive(Ipv6Frames.Advertisement(wanted, s_other));
        }

        link.Net.Device.Sent.Clear();
        link.Net.Advance(Duration.FromSeconds(10));
        Assert.Empty(link.Sent(Ipv6Frames.NeighbourSolicitation));
        Assert.True(link.Us.IsUnspecified);
        link.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void An_advertised_prefix_makes_an_address()
    {
        Ipv6Dialogue link = new();
        link.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption("2001:db8::", 86_400, 14_400)));
        Assert.True(link.Global.IsUnspecified);
        List<SeenIpv6Packet> sent = link.Settle();
        Assert.Equal(0x2001_0db8_0000_0000UL, link.Global.High);
        Assert.NotEqual(link.Us.Low, link.Global.Low);
        Assert.Contains(sent, packet => packet.IcmpType == Ipv6Frames.NeighbourSolicitation && packet.Target == link.Global);
    }

    [Theory]
    [InlineData("2001:db8::", 100u, 200u, 0xc0, 64)] // preferred for longer than it is valid
    [InlineData("2001:db8::", 0u, 0u, 0xc0, 64)]
    [InlineData("2001:db8::", 86_400u, 14_400u, 0x80, 64)] // on the link, not for addresses
    [InlineData("2001:db8::", 86_400u, 14_400u, 0xc0, 63)]
    [InlineData("2001:db8::", 86_400u, 14_400u, 0xc0, 129)]
    [InlineData("fe80::", 86_400u, 14_400u, 0xc0, 64)]
    [InlineData("ff02::", 86_400u, 14_400u, 0xc0, 64)]
    public void AnotherPrefixMakesNone(string prefix, uint valid, uint preferred, byte flags, byte length)
    {
        Ipv6Dialogue link = new();
        link.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption(prefix, valid, preferred, flags, length)));
        link.Settle();
        Assert.True(link.Global.IsUnspecified);
    }

    [Fact]
    public void An_address_is_deprecated_and_then_gone()
    {
        Ipv6Dialogue link = new();
        link.AdvertisePrefix("2001:db8::", valid: 100, preferred: 50);
        InterfaceAddress address = link.Net.Interface.Ipv6!.Addresses.Global!;
        Assert.Equal(AddressState.Preferred, address.State);
        link.Net.Advance(Duration.FromSeconds(50));
        Assert.Equal(AddressState.Deprecated, address.State);
        link.Net.Advance(Duration.FromSeconds(50));
        Assert.Equal(AddressState.Free, address.State);
    }

    [Fact]
    public void Nobody_shortens_a_lifetime_below_two_hours()
    {
        Ipv6Dialogue link = new();
        link.AdvertisePrefix("2001:db8::");
        IpAddress address = link.Global;
        link.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption("2001:db8::", 1, 1)));
        link.Net.Advance(Duration.FromSeconds(7100));
        Assert.Equal(address, link.Global);
        link.Net.Advance(Duration.FromSeconds(200));
        Assert.True(link.Global.IsUnspecified);
    }

    [Fact]
    public void Prefixes_by_the_thousand_fill_no_more_than_the_table()
    {
        Ipv6Dialogue link = new();
        IpAddress before = link.Us;
        for (int i = 0; i < 2000; i++)
            link.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption($"2001:db8:0:{i:x}::", 86_400, 14_400), source: new IpAddress(0xfe80_0000_0000_0000, (ulong)i + 1)));
        link.Net.Advance(Duration.FromSeconds(10));
        link.Net.Device.Sent.Clear();
        Assert.Equal(before, link.Us);
        Assert.False(link.Global.IsUnspecified);
        link.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_given_address_is_used_and_routers_are_not_heard()
    {
        Ipv6Dialogue link = new(Ipv6Configuration.Fixed(new IpPrefix(Frames.Ip("2001:db8::2"), 64), Frames.Ip("2001:db8::1")));
        Assert.Equal(Frames.Ip("2001:db8::2"), link.Global);
        link.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption("2001:db8:1::", 86_400, 14_400)));
        link.Settle();
        Assert.Equal(1, link.Net.Interface.Drops[DropCause.NotForUs]);
        Assert.Equal(Frames.Ip("2001:db8::2"), link.Global);
    }

    [Fact]
    public void The_link_that_goes_takes_its_addresses_and_the_next_one_is_asked_again()
    {
        Ipv6Dialogue link = new();
        link.AdvertisePrefix("2001:db8::");
        IpAddress before = link.Us;
        link.Net.Device.LinkUp = false;
        link.Net.Poll();
        Assert.True(link.Us.IsUnspecified);
        link.Net.Device.LinkUp = true;
        link.Net.Poll();
        link.Net.Device.Sent.Dequeue(); // of ARP
        Assert.Contains(link.Settle(), packet => packet.IcmpType == Ipv6Frames.NeighbourSolicitation && packet.Source.IsUnspecified);
        Assert.Equal(before, link.Us);
        Assert.True(link.Global.IsUnspecified);
    }

    [Theory]
    [InlineData("auto", null)]
    [InlineData("off", null)]
    [InlineData("2001:db8::2/64", null)]
    [InlineData("2001:db8::2/64,fe80::1", null)]
    [InlineData("2001:db8::2", "ip6= must be auto")]
    [InlineData("10.0.0.2/24", "ip6= must be auto")]
    [InlineData("fe80::2/64", "ip6= must be one host's")]
    [InlineData("ff02::2/64", "ip6= must be one host's")]
    [InlineData("2001:db8::2/64,2001:db8::2", "ip6= must name another")]
    [InlineData("2001:db8::2/64,", "ip6= must name another")]
    public void The_option_is_read(string value, string? error)
    {
        Assert.Equal(error is null, Ipv6Configuration.TryParse(value, out Ipv6Configuration? configuration, out string? said));
        Assert.Equal(error is null, configuration is not null);
        if (error is not null)
            Assert.StartsWith(error, said);
    }

    private static IpAddress WaitForProbe(Ipv6Dialogue link)
    {
        for (int i = 0; i < 2000; i++)
        {
            link.Net.Advance(Duration.FromMilliseconds(1));
            if (link.Sent(Ipv6Frames.NeighbourSolicitation) is [SeenIpv6Packet probe])
                return probe.Target;
        }

        Assert.Fail("no probe");
        return default;
    }
}
