using System;
using System.Net;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>How the appliance comes by its address.</summary>
public sealed class AddressTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_DHCP_server_gives_it_one()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using DhcpServer server = DhcpServer.Start(network, TimeSpan.FromMinutes(2));
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"), network);

        Assert.InRange(echo.Address.GetAddressBytes()[3], DhcpServer.FirstAddress.GetAddressBytes()[3], byte.MaxValue);
        Assert.Contains($"DHCPACK({NetworkNamespace.TapName}) {echo.Address}", server.Log, StringComparison.Ordinal);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
    }

    [Fact]
    public void A_lease_is_renewed_with_its_server_while_packets_pass()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using DhcpServer server = DhcpServer.Start(network, TimeSpan.FromMinutes(2), renewal: TimeSpan.FromSeconds(3));
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"), network);
        // A server that is slow to start may be asked twice.
        int discovers = server.Log.Split("DHCPDISCOVER").Length;

        server.WaitForLog($"DHCPACK({NetworkNamespace.TapName}) {echo.Address}", 3, s_patience);

        // A renewal asks for what the client has: it is no new beginning.
        Assert.Equal(discovers, server.Log.Split("DHCPDISCOVER").Length);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
    }

    [Fact]
    public void Without_an_answer_it_says_so_and_asks_again_until_there_is_one()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Appliance.Boot(Appliance.Machine("echo"), network);
        echo.Guest.WaitForLine("word that DHCP does not answer", line => line.Contains("DHCP", StringComparison.Ordinal), s_patience);

        using DhcpServer server = DhcpServer.Start(network, TimeSpan.FromMinutes(2));

        echo.WaitForReady();
        Assert.Contains("DHCPACK", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_gives_it_one()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using Appliance echo = Appliance.BootReady(
            Appliance.Machine("echo") with { CommandLine = $"ip=10.0.0.77/24 gateway={network.HostAddress}" }, network);

        Assert.Equal(IPAddress.Parse("10.0.0.77"), echo.Address);
        echo.AssertPerfect(echo.Ping(new EchoPlan { Sizes = EchoPlan.Repeat(56, 10) }));
    }
}
