using System.Linq;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 5452 and RFC 2181, 5.4.1: what is believed, and of whom.</summary>
public sealed class DnsTrustTests
{
    private static readonly byte[] s_lie = DnsServer.Address(DnsServer.QuestionName, "192.0.2.66");

    [Fact]
    public void Only_the_server_that_was_asked_answers_and_only_from_its_port()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Answer(question, s_lie), source: "10.0.0.3");
        dns.Send(sent, DnsServer.Answer(question, s_lie), port: 5353);

        Assert.Equal(2, dns.Names.Troubles[DnsTrouble.WrongSource]);
        ExpectStillOpen(dns, lookup, question, sent);
    }

    [Fact]
    public void Only_the_questions_number_is_an_answers()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Message((ushort)(question.Identifier + 1), DnsServer.Response, question.Bytes, [s_lie], []));

        Assert.Equal(1, dns.Names.Troubles[DnsTrouble.WrongIdentifier]);
        ExpectStillOpen(dns, lookup, question, sent);
    }

    [Theory]
    [InlineData("www.tess", 1, 1)]
    [InlineData("www.test", 28, 1)]
    [InlineData("www.test", 1, 3)]
    [InlineData("test", 1, 1)]
    public void Only_the_same_question_is_answered(string name, byte type, byte classOf)
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Message(question.Identifier, DnsServer.Response, [.. DnsServer.Name(name), 0, type, 0, classOf], [s_lie], []));

        Assert.Equal(1, dns.Names.Troubles[DnsTrouble.WrongQuestion]);
        ExpectStillOpen(dns, lookup, question, sent);
    }

    [Fact]
    public void The_question_may_come_back_in_other_letters()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");
        byte[] shouted = [.. DnsServer.Name("WWW.TEST"), 0, 1, 0, 1];

        dns.Send(sent, DnsServer.Message(question.Identifier, DnsServer.Response, shouted, [DnsServer.Address(DnsServer.Name("wWw.TeSt"), "192.0.2.7")], []));

        dns.ExpectFound(lookup, "192.0.2.7");
    }

    [Theory]
    [InlineData(0x0100)]
    [InlineData(0x8980)]
    public void What_is_no_answer_to_a_standard_question_is_passed_over(ushort flags)
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Message(question.Identifier, flags, question.Bytes, [s_lie], []));
        dns.Send(sent, [1, 2, 3]);

        Assert.Equal((1, 1), (dns.Names.Troubles[DnsTrouble.NotAResponse], dns.Names.Troubles[DnsTrouble.Malformed]));
        ExpectStillOpen(dns, lookup, question, sent);
    }

    [Fact]
    public void Records_about_other_names_are_passed_over_and_not_remembered()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Answer(
            question, DnsServer.Address(DnsServer.Name("bank.test"), "192.0.2.66"), DnsServer.Alias(DnsServer.Name("shop.test"), DnsServer.Name("bank.test")),
            DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")));

        dns.ExpectFound(lookup, "192.0.2.7");
        Assert.Equal(2, dns.Names.Troubles[DnsTrouble.OutOfBailiwick]);
        dns.Begin("bank.test");
        dns.Expect("bank.test");
    }

    [Fact]
    public void A_zone_that_the_name_is_not_in_says_nothing_of_it()
    {
        DnsDialogue dns = new();
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");

        dns.Send(sent, DnsServer.Denial(question, DnsServer.NameError, DnsServer.Start("other", 1000, 1000), DnsServer.Start("w.test", 1000, 1000)));

        dns.ExpectOutcome(lookup, DnsOutcome.NoName);
        Assert.Equal(2, dns.Names.Troubles[DnsTrouble.OutOfBailiwick]);
        dns.Begin("www.test");
        dns.Expect("www.test"); // not remembered
    }

    public static TheoryData<string, byte[], int> Lies => new()
    {
        { "a pointer to itself", [0xc0, 26, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], 1 },
        { "a pointer forwards", [0xc0, 28, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], 1 },
        { "a pointer past the end", [0xff, 0xff, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], 1 },
        { "half a pointer", [0xc0], 1 },
        { "a label past the end", [63, 1, 2], 1 },
        { "a label of an unknown kind", [0x80, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], 1 },
        { "more records than there are", [], 1 },
        { "very many more", DnsServer.Address(DnsServer.QuestionName, "192.0.2.66"), 65_535 },
        { "data past the end", [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 5, 1, 2, 3, 4], 1 },
        { "an address of three bytes", [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3], 1 },
        { "an alias without an end", [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 5, 1], 1 },
        { "an alias longer than its record", [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 1, 0xc0, 12], 1 },
        { "a name of 256 bytes", [.. Enumerable.Repeat((byte[])[63, .. new byte[63]], 4).SelectMany(label => label), 0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], 1 },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_server_that_lies_is_not_believed_and_the_next_one_is_asked(string what, byte[] answers, int count)
    {
        DnsDialogue dns = new("10.0.0.1", "10.0.0.3");
        DnsLookup lookup = dns.Begin("www.test");
        (DnsServer.Question question, SeenDatagram sent) = dns.Expect("www.test");
        byte[] message = DnsServer.Answer(question, answers);
        message[6] = (byte)(count >> 8);
        message[7] = (byte)count;

        dns.Send(sent, message);

        Assert.True(dns.Names.Troubles[DnsTrouble.Malformed] == 1, what);
        (question, sent) = dns.Expect("www.test", server: "10.0.0.3");
        dns.Send(sent, DnsServer.Answer(question, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")));
        dns.ExpectFound(lookup, "192.0.2.7");
    }

    [Fact]
    public void A_name_of_255_bytes_is_read()
    {
        DnsDialogue dns = new();
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('b', 61)}";
        DnsLookup lookup = dns.Begin(longest);

        dns.Answer(longest, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7"));

        dns.ExpectFound(lookup, "192.0.2.7");
        dns.ExpectOutcome(dns.Begin(longest + "b"), DnsOutcome.NoName);
    }

    private static void ExpectStillOpen(DnsDialogue dns, DnsLookup lookup, DnsServer.Question question, SeenDatagram sent)
    {
        Assert.False(lookup.TryFinish());
        dns.Net.ExpectNothing();
        dns.Send(sent, DnsServer.Answer(question, DnsServer.Address(DnsServer.QuestionName, "192.0.2.7")));
        dns.ExpectFound(lookup, "192.0.2.7");
    }
}
