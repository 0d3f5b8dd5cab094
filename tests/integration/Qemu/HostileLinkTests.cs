using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>Links with many hosts, with hosts that are not there, and with traffic that nobody reads: everybody else is answered.</summary>
public sealed class HostileLinkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Datagrams_from_addresses_that_nobody_has_lock_nobody_out()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        using Socket raw = OpenRaw(echo);
        for (int round = 0; round < 10; round++)
        {
            for (byte host = 100; host < 250; host++)
                SendFrom(raw, echo, [10, 0, 0, host], UdpEchoClient.Port);
        }

        echo.Network.Require("ip", "neigh", "flush", "dev", NetworkNamespace.TapName);
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 20) }));
    }

    [Fact]
    public void Two_hundred_hosts_that_ask_at_once_are_all_answered()
    {
        const int hosts = 200;
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        echo.Network.Require("sh", "-c", $"for i in $(seq 10 {9 + hosts}); do echo addr add 10.0.0.$i/24 dev {NetworkNamespace.TapName}; done | ip -batch -");
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = [64] }));
        List<Socket> sockets = echo.Network.Inside(() => Enumerable.Range(10, hosts).Select(host => OpenAt(host)).ToList());
        try
        {
            for (int round = 0; round < 3; round++)
            {
                sockets.ForEach(socket => socket.SendTo([(byte)round], new IPEndPoint(echo.Address, UdpEchoClient.Port)));
                byte[] answer = new byte[16];
                Assert.All(sockets, socket => Assert.Equal((1, round), (socket.Receive(answer), answer[0])));
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData(576)]
    [InlineData(296)]
    public void The_largest_datagrams_come_by_whatever_MTU(int mtu)
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"));
        echo.Network.Require("ip", "link", "set", NetworkNamespace.TapName, "mtu", $"{mtu}");

        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = Enumerable.Repeat((int[])[36_000, 50_001, 65_507], 5).SelectMany(each => each), InFlight = 1 }));
    }

    [Fact]
    public void Sockets_that_nobody_reads_leave_the_others_served()
    {
        using Appliance faults = Appliance.BootReady(Appliance.Machine("faults") with { CommandLine = "-- unread" });
        using Socket raw = OpenRaw(faults);
        for (int i = 0; i < 500; i++)
        {
            for (int port = 1000; port < 1008; port++)
                SendFrom(raw, faults, [10, 0, 0, 1], port);
        }

        faults.AssertPerfect(faults.Udp(new EchoPlan { Sizes = EchoPlan.Cycle(0, 1472, 1000), InFlight = 8 }));
        faults.AssertPerfect(faults.Udp(new EchoPlan { Sizes = [65_507], InFlight = 1 }));
        faults.AssertPerfect(faults.Ping(new EchoPlan { Sizes = EchoPlan.Repeat(64, 20) }));
        faults.Guest.Type([GuestCounters.Request]);
        faults.Guest.WaitForLine(
            "what was dropped", line => line.StartsWith("drops {\"interface\":\"virtio-net0\",\"queueFull\":", StringComparison.Ordinal), s_patience);
    }

    // A raw socket, by which datagrams can be sent from any address.
    private static Socket OpenRaw(Appliance appliance) =>
        appliance.Network.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw) { SendTimeout = (int)s_patience.TotalMilliseconds });

    private static Socket OpenAt(int host)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
        socket.Bind(new IPEndPoint(new IPAddress([10, 0, 0, (byte)host]), 0));
        return socket;
    }

    // Linux fills in the length and the checksum of the IP header (raw(7)).
    private static void SendFrom(Socket raw, Appliance appliance, byte[] source, int port)
    {
        byte[] packet = new byte[20 + 8 + 32];
        packet[0] = 0x45;
        packet[8] = 64;
        packet[9] = (byte)ProtocolType.Udp;
        source.CopyTo(packet, 12);
        appliance.Address.GetAddressBytes().CopyTo(packet, 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), 4000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 8 + 32);
        raw.SendTo(packet, new IPEndPoint(appliance.Address, 0));
    }
}
