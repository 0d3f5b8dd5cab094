using System;
using System.Net;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>IPv6 on booted images, against Linux's own: what a group's link address must pass through each card's filter for is the first thing
/// that an address needs.</summary>
public sealed class Ipv6Tests
{
    private const int LargestUnfragmented = 1_452;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>The paths that work.</summary>
    public static TheoryData<string> Paths => [.. WorkingPaths.All];

    [Theory]
    [MemberData(nameof(Paths))]
    public void It_is_found_and_answers_by_its_address_for_the_link_and_by_an_advertised_one(string path)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using RouterAdvertiser router = RouterAdvertiser.Start(network, tap);
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path) with { CommandLine = network.Ipv4AddressOption }, network);
        IPAddress link = ReadAddress(echo, "fe80:", tap);
        IPAddress advertised = ReadAddress(echo, "2001:db8:7:", scope: 0);

        foreach (IPAddress address in (IPAddress[])[link, advertised])
        {
            using PingClient ping = PingClient.Open(network, address);
            echo.AssertPerfect(ping.Run(new EchoPlan { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 300), InFlight = WorkingPaths.Window(path) }));
        }
    }

    [Fact]
    public void Nothing_is_sent_where_it_is_off()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using RouterAdvertiser router = RouterAdvertiser.Start(network, tap);
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { CommandLine = network.StaticAddressOption }, network);

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
        Assert.DoesNotContain("fe80:", echo.Guest.Report());
    }

    // virtio-net0: address fe80::1234/64
    private static IPAddress ReadAddress(Appliance echo, string prefix, long scope)
    {
        const string Says = ": address ";
        string line = echo.Guest.WaitForLine($"address {prefix}...", line => line.Contains(Says + prefix, StringComparison.Ordinal), s_patience);
        string text = line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..].Split('/')[0];
        IPAddress address = IPAddress.Parse(text);
        if (scope != 0)
            address.ScopeId = scope;
        return address;
    }
}
