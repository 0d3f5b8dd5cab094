using System;
using System.Diagnostics;
using System.Net;
using Guest.Integration.Tests.Streams;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance as a domain, ready. It ends with its host.</summary>
public sealed class XenAppliance
{
    private readonly NetworkNamespace _network;
    private readonly IPAddress _address;

    private XenAppliance(Domain domain, NetworkNamespace network, IPAddress address)
    {
        Domain = domain;
        _network = network;
        _address = address;
    }

    /// <summary>How long a boot may take on a busy machine.</summary>
    public static TimeSpan BootPatience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long anything else may take.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The image.</summary>
    public static string Image { get; } = Repository.Find().ImageOf("echo");

    /// <summary>The domain.</summary>
    public Domain Domain { get; }

    /// <summary>Boots one and waits until it may be used.</summary>
    public static XenAppliance Boot(
        XenHost host, NetworkNamespace network, DomainType type, int memoryMiB = 64, string name = "echo", IPAddress? address = null, string ipv6 = "off", string? image = null)
    {
        IPAddress own = address ?? network.GuestAddress;
        Domain domain = host.Create(new DomainConfiguration
        {
            Name = name,
            Kernel = image ?? Image,
            CommandLine = $"ip={own}/{NetworkNamespace.PrefixLength} gateway={network.HostAddress} ip6={ipv6}",
            Type = type,
            NativeTsc = type == DomainType.Pvh,
            MemoryMiB = memoryMiB,
            Interfaces = [new VirtualInterface()],
            OnCrash = OnEnd.Preserve,
        });
        XenAppliance appliance = new(domain, network, own);
        appliance.WaitForReady(from: 0);
        return appliance;
    }

    /// <summary>Waits for the line that says that the application may be used.</summary>
    public string WaitForReady(int from) => Domain.Console.WaitFor("ready: ", BootPatience, from);

    /// <summary>Sends single datagrams until one comes back: after the guest's link came up dom0's bridge may hold frames back for a moment.</summary>
    public void WaitUntilItAnswers()
    {
        EchoPlan patient = new() { Sizes = EchoPlan.Repeat(64, 1), Patience = TimeSpan.FromMilliseconds(100) };
        Stopwatch waited = Stopwatch.StartNew();
        while (!Udp(patient).Perfect)
            Assert.True(waited.Elapsed < Patience, Domain.Report());
    }

    /// <summary>Sends UDP datagrams and expects each back.</summary>
    public EchoResult Udp(EchoPlan plan)
    {
        using UdpEchoClient client = UdpEchoClient.Open(_network, new IPEndPoint(_address, UdpEchoClient.Port));
        return client.Run(plan);
    }

    /// <summary>Opens TCP connections, each of which sends random data and expects it back.</summary>
    public void ExchangeOverStreams(int connections, int bytesEach) => StreamClient.ExchangeOverMany(_network, _address, connections, bytesEach);

    /// <summary>Begins a flood of its port. Who answers it must be known first: Linux keeps only a few datagrams while it asks.</summary>
    public UdpFlood Flood()
    {
        AssertPerfect(Udp(new EchoPlan { Sizes = [64] }));
        return UdpFlood.Start(_network, new IPEndPoint(_address, UdpEchoClient.Port));
    }

    /// <summary>Sends pings and expects each back.</summary>
    public EchoResult Ping(EchoPlan plan)
    {
        using PingClient client = PingClient.Open(_network, _address);
        return client.Run(plan);
    }

    /// <summary>Sends Ethernet frames and expects each back.</summary>
    public EchoResult Frames(EchoPlan plan)
    {
        using FrameEchoClient client = FrameEchoClient.Open(_network, NetworkNamespace.TapName, _address);
        return client.Run(plan);
    }

    /// <summary>Asserts that nothing was lost, altered or doubled; else shows the consoles.</summary>
    public void AssertPerfect(EchoResult result) => Assert.True(result.Perfect, $"{result}\n{Domain.Report()}");

    /// <summary>What the guest counted itself.</summary>
    public GuestCounters Counters() => Domain.AskCounters();
}
