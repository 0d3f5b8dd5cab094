using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>A resolver whose name servers the test plays: 10.0.0.1, and as many more as it names.</summary>
internal sealed class DnsDialogue
{
    public const ushort ServerPort = 53;

    public DnsDialogue(params string[] servers)
        : this(Configuration(servers.Length == 0 ? ["10.0.0.1"] : servers))
    {
    }

    public DnsDialogue(InterfaceConfiguration configuration)
    {
        Net = new Dialogue(configuration: configuration);
        if (!configuration.UsesDhcp)
            Introduce();
    }

    public Dialogue Net { get; }

    public DnsResolver Names => Net.Stack.Names;

    public static InterfaceConfiguration Configuration(params string[] servers)
    {
        AddressList list = default;
        foreach (string server in servers)
            list.Add(Frames.Ip(server));
        return InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24), nameServers: list);
    }

    /// <summary>Makes the stack know the hosts that servers may be on.</summary>
    public void Introduce()
    {
        foreach (string host in (string[])["10.0.0.1", "10.0.0.3", "10.0.0.4"])
        {
            Net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Ip(host), default, Frames.Us));
            Net.ExpectArp(ArpOperation.Reply);
        }
    }

    /// <summary>Begins to look for IPv4 addresses.</summary>
    public DnsLookup Begin(string host, bool ipv4 = true, bool ipv6 = false)
    {
        DnsLookup lookup = Names.CreateLookup();
        lookup.Begin(host, ipv4, ipv6);
        return lookup;
    }

    public (DnsServer.Question Question, SeenDatagram Datagram) Expect()
    {
        SeenDatagram datagram = Net.ExpectUdp();
        Assert.Equal(ServerPort, datagram.DestinationPort);
        return (DnsServer.Read(datagram.Payload), datagram);
    }

    public (DnsServer.Question Question, SeenDatagram Datagram) Expect(string name, ushort type = DnsServer.A, string server = "10.0.0.1")
    {
        (DnsServer.Question question, SeenDatagram datagram) = Expect();
        Assert.Equal((name, type, server), (question.Name, question.Type, datagram.Destination.ToString()));
        return (question, datagram);
    }

    public void Send(SeenDatagram question, byte[] message, string? source = null, ushort port = ServerPort) =>
        Net.Receive(Frames.Udp(port, question.SourcePort, message, source is null ? question.Destination : Frames.Ip(source)));

    /// <summary>Expects a question, and answers it.</summary>
    public void Answer(string name, params byte[][] records)
    {
        (DnsServer.Question question, SeenDatagram datagram) = Expect(name);
        Send(datagram, DnsServer.Answer(question, records));
    }

    public void Wait(double seconds)
    {
        const double knownFor = 5;
        Net.Advance(Duration.FromMilliseconds((int)(seconds * 1000)));
        if (seconds < knownFor)
            return;

        // Neighbours were asked for meanwhile whether they are still there.
        while (Net.Device.Sent.TryPeek(out byte[]? frame) && frame[12] == 8 && frame[13] == 6)
            Net.Device.Sent.Dequeue();
        Introduce();
    }

    /// <summary>Expects a lookup to be finished, closes it, and expects nothing to be left of it.</summary>
    public void ExpectFound(DnsLookup lookup, params string[] addresses)
    {
        Assert.True(lookup.TryFinish());
        Assert.Equal(DnsOutcome.Found, lookup.Outcome);
        List<string> found = [.. Enumerable.Range(0, lookup.Count).Select(index => lookup[index].ToString())];
        Assert.Equal(addresses, found);
        Close(lookup);
    }

    public void ExpectOutcome(DnsLookup lookup, DnsOutcome outcome)
    {
        Assert.True(lookup.TryFinish());
        Assert.Equal((outcome, 0), (lookup.Outcome, lookup.Count));
        Close(lookup);
    }

    private void Close(DnsLookup lookup)
    {
        lookup.Close();
        Net.Poll();
        Net.ExpectNothing();
        Net.ExpectAllBuffersBack();
        Assert.Equal(0, Net.Stack.Endpoints.Count);
    }
}
