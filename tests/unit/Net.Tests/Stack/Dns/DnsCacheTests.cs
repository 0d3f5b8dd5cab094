using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 2181, 5.2 and 8, and RFC 2308: what is remembered, and for how long.</summary>
public sealed class DnsCacheTests
{
    [Fact]
    public void An_answer_is_remembered_for_as_long_as_it_says()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        dns.Answer("www.test", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7", timeToLive: 60));
        dns.ExpectFound(lookup, "192.0.2.7");

        dns.Wait(59);
        dns.ExpectFound(dns.Begin("WWW.test."), "192.0.2.7");
        Assert.Equal(1, dns.Names.Sent);

        dns.Wait(2);
        dns.Begin("www.test");
        dns.Expect("www.test");
    }

    [Fact]
    public void The_shortest_life_of_a_chain_counts()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        dns.Answer("www.test", DnsServer.Alias(DnsServer.QuestionName, DnsServer.Name("n.test"), timeToLive: 10), DnsServer.Address(DnsServer.Name("n.test"), "192.0.2.7", 300));
        dns.ExpectFound(lookup, "192.0.2.7");

        dns.Wait(11);
        dns.Begin("www.test");
        dns.Expect("www.test");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x8000_0001u)]
    public void What_does_not_hold_is_not_remembered(uint timeToLive)
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        dns.Answer("www.test", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7", timeToLive));
        dns.ExpectFound(lookup, "192.0.2.7");

        dns.Begin("www.test");
        dns.Expect("www.test");
    }

    [Theory]
    [InlineData(DnsServer.NameError, DnsOutcome.NoName, 900u, 30u)]
    [InlineData(DnsServer.NameError, DnsOutcome.NoName, 30u, 900u)]
    [InlineData(DnsServer.Response, DnsOutcome.NoData, 900u, 30u)]
    public void That_there_is_nothing_is_remembered_for_as_long_as_the_zone_says(ushort flags, DnsOutcome outcome, uint timeToLive, uint minimum)
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.example.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.example.test");
        dns.Send(sent, DnsServer.Denial(question, flags, DnsServer.Start("example.test", timeToLive, minimum)));
        dns.ExpectOutcome(lookup, outcome);

        dns.Wait(29);
        dns.ExpectOutcome(dns.Begin("www.example.test"), outcome);
        Assert.Equal(1, dns.Names.Sent);

        dns.Wait(2);
        dns.Begin("www.example.test");
        dns.Expect("www.example.test");
    }

    [Fact]
    public void No_denial_is_remembered_for_more_than_three_hours_and_no_answer_for_more_than_a_day()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("no.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("no.test");
        dns.Send(sent, DnsServer.Denial(question, DnsServer.NameError, DnsServer.Start("test", 1_000_000, 1_000_000)));
        dns.ExpectOutcome(lookup, DnsOutcome.NoName);
        lookup = dns.Begin("yes.test");
        dns.Answer("yes.test", DnsServer.Address(DnsServer.QuestionName, "192.0.2.7", 1_000_000));
        dns.ExpectFound(lookup, "192.0.2.7");

        Assert.NotNull(dns.Names.Cache.Find(Name("no.test"), DnsRecordType.A, dns.Net.Now + Duration.FromSeconds(10_799)));
        Assert.Null(dns.Names.Cache.Find(Name("no.test"), DnsRecordType.A, dns.Net.Now + Duration.FromSeconds(10_800)));
        Assert.NotNull(dns.Names.Cache.Find(Name("yes.test"), DnsRecordType.A, dns.Net.Now + Duration.FromSeconds(86_399)));
        Assert.Null(dns.Names.Cache.Find(Name("yes.test"), DnsRecordType.A, dns.Net.Now + Duration.FromSeconds(86_400)));
    }

    [Fact]
    public void A_full_cache_forgets_what_was_of_no_use_for_longest_and_takes_no_memory()
    {
        DnsDialogue dns = new();
        for (int i = 0; i <= DnsCache.Capacity; i++)
        {
            Find(dns, $"n{i}.test");
            Find(dns, "n0.test"); // is of use all the time
        }

        Assert.NotNull(dns.Names.Cache.Find(Name("n0.test"), DnsRecordType.A, dns.Net.Now));
        Assert.Null(dns.Names.Cache.Find(Name("n1.test"), DnsRecordType.A, dns.Net.Now));
        for (int i = 2; i <= DnsCache.Capacity; i++)
            Assert.NotNull(dns.Names.Cache.Find(Name($"n{i}.test"), DnsRecordType.A, dns.Net.Now));
    }

    [Fact]
    public void Another_network_is_asked_anew()
    {
        DnsDialogue dns = new();
        Find(dns, "www.test");
        dns.Net.Device.LinkUp = false;
        dns.Net.Poll();
        dns.Net.Device.LinkUp = true;
        dns.Net.Poll();
        dns.Net.Device.Sent.Clear();
        dns.Introduce();

        dns.Begin("www.test");
        dns.Expect("www.test");
    }

    private static void Find(DnsDialogue dns, string name)
    {
        DnsLookup lookup = dns.Begin(name);
        if (!lookup.TryFinish())
            dns.Answer(name, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7"));
        dns.ExpectFound(lookup, "192.0.2.7");
    }

    private static DnsName Name(string text)
    {
        DnsName name = new();
        Assert.True(name.TryParse(text));
        return name;
    }
}
