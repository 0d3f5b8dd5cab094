using System;
using System.Net;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>IPv6 through xen-netback and dom0's bridge.</summary>
public sealed class XenIpv6Tests
{
    private const int LargestUnfragmented = 1_452;

    [Fact]
    public void A_domain_is_found_and_answers_by_its_address_for_the_link_and_by_an_advertised_one()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using XenHost host = XenHost.Restore(network);
        using RouterAdvertiser router = RouterAdvertiser.Start(network, tap);
        XenAppliance echo = XenAppliance.Boot(host, network, DomainType.Pv, ipv6: "auto");

        foreach (string prefix in (string[])["fe80:", "2001:db8:7:"])
        {
            // netfront0: address fe80::1234/64
            string says = $": address {prefix}";
            string line = echo.Domain.Console.WaitFor(says, line => line.Contains(says, StringComparison.Ordinal), XenAppliance.BootPatience, whole: true);
            IPAddress address = IPAddress.Parse(line[(line.IndexOf(says, StringComparison.Ordinal) + says.Length - prefix.Length)..].Split('/')[0]);
            if (address.IsIPv6LinkLocal)
                address.ScopeId = tap;
            EchoPlan plan = new() { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 200), InFlight = 8 };
            using PingClient ping = PingClient.Open(network, address);
            echo.AssertPerfect(ping.Run(plan));
            using UdpEchoClient udp = UdpEchoClient.Open(network, new IPEndPoint(address, UdpEchoClient.Port));
            echo.AssertPerfect(udp.Run(plan));
        }
    }
}
