using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 1035, 2181, 3596, 6761: what is asked, and what is made of answers.</summary>
public sealed class DnsLookupTests
{
    [Fact]
    public void A_name_is_asked_for_and_its_addresses_are_found()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.Example.org");
        Assert.False(lookup.TryFinish());

        dns.Answer("www.example.org", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7"), DnsServer.Address(DnsServer.QuestionName, "192.0.2.8"));

        dns.ExpectFound(lookup, "192.0.2.7", "192.0.2.8");
        Assert.Equal(1, dns.Names.Sent);
    }

    [Fact]
    public void Both_kinds_are_asked_for_at_the_same_time_and_from_other_ports_by_other_numbers()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.example.org", ipv6: true);
        (DnsServer.Question first, SeenDatagram firstSent) = dns.Expect("www.example.org");
        (DnsServer.Question second, SeenDatagram secondSent) = dns.Expect("www.example.org", DnsServer.Aaaa);
        Assert.NotEqual(first.Identifier, second.Identifier);
        Assert.NotEqual(firstSent.SourcePort, secondSent.SourcePort);

        dns.Send(secondSent, DnsServer.Answer(second, DnsServer.Address(DnsServer.QuestionName, "2001:db8::7")));
        Assert.False(lookup.TryFinish());
        dns.Send(firstSent, DnsServer.Answer(first, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")));

        // There is no way to an IPv6 address here.
        dns.ExpectFound(lookup, "192.0.2.7", "2001:db8::7");
    }

    [Fact]
    public void IPv6_comes_first_where_it_leads_anywhere()
    {
        Ipv6Dialogue both = new();
        both.AdvertisePrefix("2001:db8:1::");
        both.IntroducePeer();
        Assert.True(both.Net.Stack.Reaches(Frames.Ip("2001:db8:1::7")));
        both.Net.Stack.Names.Cache.Add(Name("a.test"), DnsRecordType.A, Answer("192.0.2.7"), both.Net.Now);
        both.Net.Stack.Names.Cache.Add(Name("a.test"), DnsRecordType.Aaaa, Answer("2001:db8:1::7"), both.Net.Now);
        DnsLookup lookup = both.Net.Stack.Names.CreateLookup();

        lookup.Begin("a.test", ipv4: true, ipv6: true);

        Assert.True(lookup.TryFinish());
        Assert.Equal(["2001:db8:1::7", "192.0.2.7"], Enumerable.Range(0, lookup.Count).Select(index => lookup[index].ToString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    public void Aliases_are_followed_in_whatever_order_they_stand(int aliases)
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("n0.test");
        byte[][] records =
        [
            .. Enumerable.Range(0, aliases).Select(i => DnsServer.Alias(DnsServer.Name($"n{i}.test"), DnsServer.Name($"N{i + 1}.TEST"))),
            DnsServer.Address(DnsServer.Name($"n{aliases}.test"), "192.0.2.7"),
        ];

        dns.Answer("n0.test", [.. records.Reverse()]);

        dns.ExpectFound(lookup, "192.0.2.7");
        Assert.Equal(0, dns.Names.Troubles[DnsTrouble.OutOfBailiwick]);
    }

    [Fact]
    public void Too_many_aliases_and_a_loop_of_them_are_refused()
    {
        DnsDialogue dns = new("10.0.0.1", "10.0.0.3");
        DnsLookup lookup = dns.Begin("n0.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("n0.test");
        dns.Send(sent, DnsServer.Answer(question, [.. Enumerable.Range(0, 9).Select(i => DnsServer.Alias(DnsServer.Name($"n{i}.test"), DnsServer.Name($"n{i + 1}.test")))]));
        (question, sent) = dns.Expect("n0.test", server: "10.0.0.3");
        dns.Send(sent, DnsServer.Answer(question, DnsServer.Alias(DnsServer.QuestionName, DnsServer.Name("n1.test")), DnsServer.Alias(DnsServer.Name("n1.test"), DnsServer.QuestionName)));

        Assert.False(lookup.TryFinish());
        Assert.Equal(2, dns.Names.Troubles[DnsTrouble.TooManyAliases]);
        lookup.Close();
    }

    [Fact]
    public void A_server_that_does_not_follow_an_alias_is_asked_for_its_target()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("n0.test");

        dns.Answer("n0.test", DnsServer.Alias(DnsServer.QuestionName, DnsServer.Name("n1.test")));
        dns.Answer("n1.test", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7"));

        dns.ExpectFound(lookup, "192.0.2.7");
        dns.ExpectFound(dns.Begin("n0.test"), "192.0.2.7"); // known under the name that was asked for
    }

    [Fact]
    public void Servers_that_send_one_from_alias_to_alias_without_end_are_given_up()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("n0.test");
        for (int i = 0; i < 9; i++)
            dns.Answer($"n{i}.test", DnsServer.Alias(DnsServer.QuestionName, DnsServer.Name($"n{i + 1}.test")));

        Assert.Equal(1, dns.Names.Troubles[DnsTrouble.TooManyAliases]);
        dns.Net.ExpectNothing();
        lookup.Close();
    }

    [Fact]
    public void Names_of_one_label_are_looked_for_in_the_networks_domains_first()
    {
        DnsDialogue dns = new(InterfaceConfiguration.FromDhcp);
        dns.Net.Poll();
        DhcpServer.Seen discover = DhcpServer.Read(dns.Net.ExpectFrame());
        (byte, byte[])[] options =
        [
            (1, [255, 255, 255, 0]), (6, [10, 0, 0, 1]), (51, [0, 0, 3, 0xe8]), (119, [.. DnsServer.Name("eng.example.org"), 0xc0, 4]),
        ];
        dns.Net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer, options: options));
        dns.Net.Receive(DhcpServer.Answer(DhcpServer.Read(dns.Net.ExpectFrame()), DhcpMessageType.Ack, options: options));
        dns.Net.Device.Sent.Clear();
        dns.Net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, DhcpServer.Leased));
        dns.Net.ExpectArp(ArpOperation.Reply);

        DnsLookup lookup = dns.Begin("build");
        foreach (string name in (string[])["build.eng.example.org", "build.example.org"])
        {
            (DnsServer.Question question, SeenDatagram sent) = dns.Expect(name);
            dns.Net.Receive(Frames.Udp(53, sent.SourcePort, DnsServer.Denial(question, DnsServer.NameError), destination: DhcpServer.Leased));
            Assert.False(lookup.TryFinish());
        }

        (DnsServer.Question last, SeenDatagram lastSent) = dns.Expect("build");
        dns.Net.Receive(Frames.Udp(53, lastSent.SourcePort, DnsServer.Answer(last, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")), destination: DhcpServer.Leased));
        dns.ExpectFound(lookup, "192.0.2.7");
    }

    [Theory]
    [InlineData("10.0.0.9", "10.0.0.9")]
    [InlineData("2001:DB8::9", "2001:db8::9")]
    [InlineData("localhost", "127.0.0.1", "::1")]
    [InlineData("LocalHost.", "127.0.0.1", "::1")]
    [InlineData("a.localhost", "127.0.0.1", "::1")]
    public void Addresses_and_localhost_are_answered_without_a_question(string host, params string[] addresses)
    {
        DnsDialogue dns = new();
        dns.ExpectFound(dns.Begin(host, ipv6: true), addresses);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("münchen.test")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.test")]
    public void What_is_no_name_is_not_asked_for(string host)
    {
        DnsDialogue dns = new();
        dns.ExpectOutcome(dns.Begin(host), DnsOutcome.NoName);
    }

    [Fact]
    public void The_same_question_is_not_open_twice()
    {
        DnsDialogue dns = new();
        DnsLookup first = dns.Begin("www.test");
        DnsLookup second = dns.Begin("WWW.test");

        dns.Answer("www.test", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7"));

        Assert.True(first.TryFinish());
        first.Close();
        dns.ExpectFound(second, "192.0.2.7");
    }

    [Fact]
    public void Questions_are_bounded()
    {
        DnsDialogue dns = new();
        for (int i = 0; i < DnsResolver.MostQueries; i++)
            Assert.False(dns.Begin($"n{i}.test").TryFinish());
        DnsLookup surplus = dns.Begin("surplus.test");
        Assert.True(surplus.TryFinish());
        Assert.Equal(DnsOutcome.TooMany, surplus.Outcome);
    }

    [Fact]
    public void An_open_question_is_no_endpoint_that_makes_the_machine_ready()
    {
        DnsDialogue dns = new();
        bool isReady = false;
        dns.Net.Stack.FirstEndpointReady = (_, _) => isReady = true;
        DnsLookup lookup = dns.Begin("www.test");
        Assert.False(isReady);
        lookup.Close();

        dns.Net.Bind(7);
        Assert.True(isReady);
    }

    private static DnsName Name(string text)
    {
        DnsName name = new();
        Assert.True(name.TryParse(text));
        return name;
    }

    private static DnsAnswer Answer(string address)
    {
        DnsAnswer answer = new();
        answer.Begin();
        answer.Add(Frames.Ip(address));
        answer.Outcome = DnsOutcome.Found;
        answer.Limit(60);
        return answer;
    }
}
