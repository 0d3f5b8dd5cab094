using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Which server is asked, when, and how often.</summary>
public sealed class DnsServersTests
{
    [Fact]
    public void A_silent_server_is_waited_for_a_second_and_then_the_next_one_is_asked_and_goes_first_from_then_on()
    {
        DnsDialogue dns = new("10.0.0.1", "10.0.0.3");
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question first, SeenDatagram firstSent) = dns.Expect("www.test");
        dns.Wait(0.99);
        dns.Net.ExpectNothing();
        dns.Wait(0.02);
        (DnsServer.Question second, SeenDatagram secondSent) = dns.Expect("www.test", server: "10.0.0.3");
        Assert.NotEqual((first.Identifier, firstSent.SourcePort), (second.Identifier, secondSent.SourcePort));

        // Too late: that port is closed.
        dns.Send(firstSent, DnsServer.Answer(first, DnsServer.Address(DnsServer.QuestionName, "192.0.2.66")));
        dns.Net.Device.Sent.Clear(); // the unreachable port is told of
        dns.Send(secondSent, DnsServer.Answer(second, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")));
        dns.ExpectFound(lookup, "192.0.2.7");
        Assert.Equal(1, dns.Names.Troubles[DnsTrouble.Silent]);

        dns.Begin("other.test");
        dns.Expect("other.test", server: "10.0.0.3");
    }

    [Fact]
    public void Silence_ends_after_three_rounds_each_twice_as_long()
    {
        DnsDialogue dns = new("10.0.0.1", "10.0.0.3");
        DnsLookup lookup = dns.Begin("www.test");
        foreach (int seconds in (int[])[1, 2, 4])
        {
            foreach (string server in (string[])["10.0.0.1", "10.0.0.3"])
            {
                dns.Expect("www.test", server: server);
                dns.Wait(seconds - 0.01);
                dns.Net.ExpectNothing();
                Assert.False(lookup.TryFinish());
                dns.Wait(0.01);
            }
        }

        dns.ExpectOutcome(lookup, DnsOutcome.NoAnswer);
        Assert.Equal(6, dns.Names.Troubles[DnsTrouble.Silent]);
        dns.Begin("www.test");
        dns.Expect("www.test"); // not remembered
    }

    [Fact]
    public void A_server_that_fails_is_left_at_once_but_a_round_takes_its_time()
    {
        DnsDialogue dns = new("10.0.0.1", "10.0.0.3");
        DnsLookup lookup = dns.Begin("www.test");
        Refuse(dns, "10.0.0.1");
        Refuse(dns, "10.0.0.3");
        dns.Net.ExpectNothing();
        dns.Wait(1);
        Refuse(dns, "10.0.0.1");
        Refuse(dns, "10.0.0.3");
        dns.Net.ExpectNothing();
        dns.Wait(2);
        Refuse(dns, "10.0.0.1");
        Refuse(dns, "10.0.0.3");

        dns.ExpectOutcome(lookup, DnsOutcome.NoAnswer);
        Assert.Equal(6, dns.Names.Troubles[DnsTrouble.ServerFailure]);
    }

    [Fact]
    public void Where_no_server_is_known_one_is_hoped_for()
    {
        DnsDialogue dns = new(InterfaceConfiguration.FromDhcp);
        dns.Net.Poll();
        DhcpServer.Seen discover = DhcpServer.Read(dns.Net.ExpectFrame());
        DnsLookup lookup = dns.Begin("www.test");
        dns.Wait(1);
        Assert.False(lookup.TryFinish());
        (byte, byte[])[] options = [(1, [255, 255, 255, 0]), (6, [10, 0, 0, 1]), (51, [0, 0, 3, 0xe8])];
        dns.Net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer, options: options));
        dns.Net.Receive(DhcpServer.Answer(DhcpServer.Read(dns.Net.ExpectFrame()), DhcpMessageType.Ack, options: options));
        dns.Net.Device.Sent.Clear();
        dns.Net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, DhcpServer.Leased));
        dns.Net.ExpectArp(ArpOperation.Reply);

        dns.Wait(0.1);

        dns.Expect("www.test");
    }

    [Fact]
    public void Where_none_comes_hope_has_an_end()
    {
        DnsDialogue dns = new(InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)));
        DnsLookup lookup = dns.Begin("www.test", ipv6: true);
        dns.Wait(9);
        Assert.False(lookup.TryFinish());
        dns.Wait(2);
        dns.ExpectOutcome(lookup, DnsOutcome.NoAnswer);
    }

    [Fact]
    public void What_the_command_line_says_is_asked_and_nobody_else()
    {


        Assert.True(InterfaceConfiguration.TryParse(null, null, "10.0.0.3", out InterfaceConfiguration? configuration, out _));
        DnsDialogue dns = new(configuration);
        dns.Net.Poll();
        (byte, byte[])[] options = [(1, [255, 255, 255, 0]), (6, [10, 0, 0, 1]), (51, [0, 0, 3, 0xe8]), (42, [10, 0, 0, 9])];
        dns.Net.Receive(DhcpServer.Answer(DhcpServer.Read(dns.Net.ExpectFrame()), DhcpMessageType.Offer, options: options));
        dns.Net.Receive(DhcpServer.Answer(DhcpServer.Read(dns.Net.ExpectFrame()), DhcpMessageType.Ack, options: options));
        dns.Net.Device.Sent.Clear();
        dns.Net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Ip("10.0.0.3"), default, DhcpServer.Leased));
        dns.Net.ExpectArp(ArpOperation.Reply);

        dns.Begin("www.test");

        dns.Expect("www.test", server: "10.0.0.3");
        Assert.Equal(Frames.Ip("10.0.0.3"), dns.Net.Interface.NameServer);
        Assert.Equal(Frames.Ip("10.0.0.9"), dns.Net.Interface.TimeServers.First);
    }

    [Fact]
    public void What_routers_advertise_is_asked_by_IPv6()
    {
        Ipv6Dialogue both = new();
        both.AdvertisePrefix("2001:db8:1::");
        byte[] servers = [25, 3, 0, 0, 0, 0, 0x0e, 0x10, .. System.Net.IPAddress.Parse("2001:db8:1::53").GetAddressBytes()];
        both.Net.Receive(Ipv6Frames.RouterAdvertisement(servers));
        both.Sent();
        DnsLookup lookup = both.Net.Stack.Names.CreateLookup();

        lookup.Begin("www.test", ipv4: true, ipv6: false);

        Assert.Equal(Ipv6Frames.NeighbourSolicitation, both.Expect().IcmpType); // for the server
        Assert.Equal(Frames.Ip("2001:db8:1::53"), both.Net.Stack.Names.FindServers().First);
    }

    private static void Refuse(DnsDialogue dns, string server)
    {
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test", server: server);
        dns.Send(sent, DnsServer.Denial(question, DnsServer.ServerFailure));
    }
}
