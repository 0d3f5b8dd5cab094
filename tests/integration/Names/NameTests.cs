using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Names;

/// <summary>apps/Threads looks for names on a booted machine, and a server of the test's own answers.</summary>
public sealed class NameTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    // More than fits into 512 bytes.
    private static readonly string[] s_many = [.. Enumerable.Range(1, 60).Select(i => $"192.0.2.{i}")];

    private static readonly Dictionary<string, string[]> s_records = new()
    {
        ["www.example.test"] = ["web.example.test."],
        ["web.example.test"] = ["192.0.2.7", "192.0.2.8", "2001:db8::7"],
        ["many.example.test"] = s_many,
        ["ipv6.example.test"] = ["2001:db8::9"],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_are_found_by_either_version_of_IP(bool ipv6)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        if (ipv6)
            network.EnableIpv6();
        IPAddress address = ipv6 ? network.HostIpv6Address : network.HostAddress;
        using NameServer server = NameServer.Start(network, address, s_records);
        string options = ipv6 ? $"{network.Ipv4AddressOption} ip6=2001:db8:7::2/64,{network.HostIpv6Address}" : network.StaticAddressOption;
        using Appliance guest = Boot(network, $"{options} dns={address}");

        // Where there is a way by IPv6, its addresses come first.
        Ask(guest, "www.example.test", ipv6 ? "is 2001:db8::7 192.0.2.7 192.0.2.8" : "is 192.0.2.7 192.0.2.8 2001:db8::7");
        Ask(guest, "nobody.example.test", "fails: 11001");
        Ask(guest, "localhost", "is 127.0.0.1 ::1");
        Ask(guest, "ipv6.example.test", "is 2001:db8::9");
        Ask(guest, "many.example.test", $"is {string.Join(' ', s_many.Take(8))}");
        Assert.Contains("udp 1 many.example.test", server.Asked);
        Assert.Contains("tcp 1 many.example.test", server.Asked);

        // What is known is not asked for again.
        int asked = server.Asked.Count;
        Ask(guest, "WWW.example.test", ipv6 ? "is 2001:db8::7 192.0.2.7 192.0.2.8" : "is 192.0.2.7 192.0.2.8 2001:db8::7");
        Assert.Equal(asked, server.Asked.Count);
    }

    [Fact]
    public void A_server_that_is_silent_gives_way_to_the_next_one_for_all_threads()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        IPAddress deaf = IPAddress.Parse("10.0.0.3");
        network.Require("ip", "addr", "add", $"{deaf}/24", "dev", NetworkNamespace.TapName);
        using NameServer silent = NameServer.Start(network, deaf, s_records, isSilent: true);
        using NameServer server = NameServer.Start(network, network.HostAddress, s_records);
        using Appliance guest = Boot(network, $"{network.StaticAddressOption} dns={deaf},{network.HostAddress}");

        guest.Guest.Type("www.example.test ipv6.example.test nobody.example.test\n"u8);
        Expect(guest, "names: nobody.example.test fails: 11001", "names: ipv6.example.test is 2001:db8::9", "names: www.example.test is 192.0.2.7 192.0.2.8 2001:db8::7");
        int asked = silent.Asked.Count;
        Assert.True(asked > 0);

        Ask(guest, "web.example.test", "is 192.0.2.7 192.0.2.8 2001:db8::7");
        Assert.Equal(asked, silent.Asked.Count);
    }

    [Fact]
    public void A_connection_by_name_tries_one_address_after_the_other()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        Dictionary<string, string[]> records = new() { ["greeter.test"] = ["2001:db8::7", "10.0.0.3", "10.0.0.1"] };
        network.Require("ip", "addr", "add", "10.0.0.3/24", "dev", NetworkNamespace.TapName);
        using NameServer server = NameServer.Start(network, network.HostAddress, records);
        using TcpListener greeter = network.Inside(() =>
        {
            TcpListener made = new(network.HostAddress, 1234);
            made.Start();
            return made;
        });
        new Thread(() =>
        {
            using TcpClient accepted = greeter.AcceptTcpClient();
            accepted.GetStream().Write("welcome"u8);
        })
        { IsBackground = true }.Start();
        using Appliance guest = Boot(network, $"{network.StaticAddressOption} dns={network.HostAddress}");

        Ask(guest, "greeter.test:1234", "says welcome");
        Ask(guest, "greeter.test:1", "fails: 10061");
        Ask(guest, "nobody.test:1", "fails: 11001");
    }

    [Fact]
    public void A_DHCP_server_names_the_servers_and_the_domain()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using NameServer server = NameServer.Start(network, network.HostAddress, s_records);
        using DhcpServer dhcp = DhcpServer.Start(
            network, TimeSpan.FromMinutes(10),
            options: [$"option:router,{network.HostAddress}", $"option:dns-server,{network.HostAddress}", "option:domain-search,example.test", "option:ntp-server,10.0.0.9"]);
        using Appliance guest = Boot(network, "ip6=off");

        Ask(guest, "web", "is 192.0.2.7 192.0.2.8 2001:db8::7");
        Assert.Contains("udp 1 web.example.test", server.Asked);

        guest.Guest.Type([GuestCounters.Request]);
        string line = guest.Guest.WaitForLine("servers {", s_patience);
        Assert.Equal("servers {\"interface\":\"virtio-net0\",\"names\":[\"10.0.0.1\"],\"time\":[\"10.0.0.9\"]}", line);
    }

    private static Appliance Boot(NetworkNamespace network, string options)
    {
        Appliance guest = Appliance.Boot(Appliance.Machine("threads") with { CommandLine = $"{options} -- names" }, network);
        guest.Guest.WaitForLine("threads: names", s_patience);
        return guest;
    }

    private static void Ask(Appliance guest, string name, string answer)
    {
        guest.Guest.Type(Encoding.ASCII.GetBytes(name + "\n"));
        Expect(guest, $"names: {name} {answer}");
    }

    private static void Expect(Appliance guest, params string[] lines)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < lines.Length; i++)
            seen.Add(guest.Guest.WaitForLine("names: ", s_patience));
        Assert.True(seen.SetEquals(lines), $"{string.Join('|', seen)}\n{guest.Guest.Report()}");
    }
}
