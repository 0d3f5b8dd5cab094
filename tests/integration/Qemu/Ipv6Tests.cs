using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>IPv6 on booted images, against Linux's own: what a group's link address must pass through each card's filter for is the first thing
/// that an address needs.</summary>
public sealed class Ipv6Tests
{
    private const int LargestUnfragmented = 1_452;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // One of each kind of filter: none, of registers, of bits, of bytes.
    [Theory]
    [InlineData("virtio")]
    [InlineData("e1000")]
    [InlineData("rtl8139")]
    [InlineData("ne2000")]
    public void It_is_found_and_answers_by_its_address_for_the_link_and_by_an_advertised_one(string path)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using RouterAdvertiser router = RouterAdvertiser.Start(network, tap);
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path) with { CommandLine = network.Ipv4AddressOption }, network);
        // The advertised one may be usable before the other.
        IPAddress[] addresses = [ReadAddress(echo, tap), ReadAddress(echo, tap)];
        Assert.Single(addresses, address => address.IsIPv6LinkLocal);
        Assert.Single(addresses, address => address.ToString().StartsWith("2001:db8:7:", StringComparison.Ordinal));

        foreach (IPAddress address in addresses)
        {
            EchoPlan plan = new() { Sizes = EchoPlan.Cycle(0, LargestUnfragmented, 300), InFlight = WorkingPaths.Window(path) };
            using PingClient ping = PingClient.Open(network, address);
            echo.AssertPerfect(ping.Run(plan));
            using UdpEchoClient udp = UdpEchoClient.Open(network, new IPEndPoint(address, UdpEchoClient.Port));
            echo.AssertPerfect(udp.Run(plan));
            EchoByStream(network, new IPEndPoint(address, UdpEchoClient.Port));
        }

        // What IPv4 has beside it.
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
    }

    [Fact]
    public void Larger_datagrams_come_back_by_fragments()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { CommandLine = network.Ipv4AddressOption }, network);
        IPAddress link = ReadAddress(echo, tap);
        int[] sizes = [LargestUnfragmented + 1, 2_000, 4_096, 16_384, 65_527];

        using UdpEchoClient udp = UdpEchoClient.Open(network, new IPEndPoint(link, UdpEchoClient.Port));
        echo.AssertPerfect(udp.Run(new EchoPlan { Sizes = Enumerable.Repeat(sizes, 5).SelectMany(each => each), InFlight = 1 }));
    }

    [Fact]
    public void A_given_address_is_used()
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using Appliance echo = Appliance.BootReady(
            Appliance.Machine("echo") with { CommandLine = $"{network.Ipv4AddressOption} ip6=2001:db8:7::2/64,{network.HostIpv6Address}" }, network);
        IPAddress[] addresses = [ReadAddress(echo, tap), ReadAddress(echo, tap)];
        IPAddress given = IPAddress.Parse("2001:db8:7::2");
        Assert.Contains(given, addresses);

        using PingClient ping = PingClient.Open(network, given);
        echo.AssertPerfect(ping.Run(new EchoPlan { Sizes = EchoPlan.Repeat(64, 100) }));
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

    private static void EchoByStream(NetworkNamespace network, IPEndPoint server)
    {
        byte[] sent = new byte[100_000];
        new Random(6).NextBytes(sent);
        using Socket socket = network.Inside(() =>
        {
            Socket made = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
            made.Connect(server);
            return made;
        });
        Thread sender = new(() => socket.Send(sent)) { IsBackground = true };
        sender.Start();
        byte[] received = new byte[sent.Length];
        for (int at = 0, length; at < received.Length; at += length)
        {
            length = socket.Receive(received.AsSpan(at));
            Assert.NotEqual(0, length);
        }

        Assert.Equal(sent, received);
        sender.Join();
    }

    // virtio-net0: address fe80::1234/64
    private static IPAddress ReadAddress(Appliance echo, long tap)
    {
        const string Says = ": address ";
        string line = echo.Guest.WaitForLine("an address", line => line.Contains(Says, StringComparison.Ordinal), s_patience);
        string text = line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..].Split('/')[0];
        IPAddress address = IPAddress.Parse(text);
        if (address.IsIPv6LinkLocal)
            address.ScopeId = tap;
        return address;
    }
}
