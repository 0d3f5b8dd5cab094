using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using Guest.Integration.Tests.Qemu;
using Guest.Integration.Tests.Streams;
using Guest.Integration.Tests.Tool;
using Guest.Rig.Network;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Clients;

/// <summary>Everything that passes a guest's link while it is asked for all that it serves: no frame is malformed, and no sum is wrong.</summary>
public sealed class CaptureTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Where sums are left to the host a capture shows them unfinished, so nothing is left to it; the chip's own sums and segments are
    /// captured finished. (QEMU's 82574 leaves its segments to the host, and cuts wrongly where that does not take them.)</summary>
    [Theory]
    [InlineData("e1000", "echo")]
    [InlineData("virtio", "web")]
    public void No_frame_is_malformed_or_wrongly_summed(string path, string application)
    {
        string capture = Path.Combine(Path.GetTempPath(), $"guest-capture-{Guid.NewGuid():n}.pcap");
        try
        {
            NetworkNamespace network = NetworkNamespace.Create();
            long tap = network.EnableIpv6();
            using RouterAdvertiser router = RouterAdvertiser.Start(network, tap);
            using DhcpServer dhcp = DhcpServer.Start(network, TimeSpan.FromMinutes(2));
            using (Appliance guest = Appliance.BootReady(
                Appliance.Machine(application, path) with
                {
                    CommandLine = "",
                    Capture = capture,
                    Network = new QemuNetwork.Tap(NetworkNamespace.TapName) { HasOffloads = false },
                },
                network))
            {
                Occupy(guest, application);
            }

            Dictionary<string, int> seen = Judge(capture);
            string[] expected = [.. application == "echo" ? ["arp", "udp4", "icmp4", "icmp6", "tcp4", "udp6", "tcp6"] : new[] { "arp", "udp4", "icmp6", "tcp4" }];
            Assert.All(expected, kind => Assert.True(seen.GetValueOrDefault(kind) > 1, $"{kind}: {string.Join(", ", seen)}"));
        }
        finally
        {
            if (Environment.GetEnvironmentVariable("GUEST_KEEP_CAPTURE") is { } kept)
                File.Copy(capture, kept + path + ".pcap", overwrite: true);
            File.Delete(capture);
        }
    }

    private static void Occupy(Appliance guest, string application)
    {
        string leased = guest.Guest.Console.FirstOrDefault(IsLeased) ?? guest.Guest.WaitForLine("a leased address", IsLeased, s_patience);
        IPAddress ipv4 = IPAddress.Parse(leased.Split(": address ")[1].Split('/')[0]);
        if (application == "web")
        {
            guest.Network.Require("curl", "--silent", "--show-error", "--max-time", "60", "--output", "/dev/null", $"http://{ipv4}/large", $"http://{ipv4}/");
            return;
        }

        string line = guest.Guest.Console.FirstOrDefault(IsAdvertised) ?? guest.Guest.WaitForLine("an advertised address", IsAdvertised, s_patience);
        IPAddress ipv6 = IPAddress.Parse(line[line.IndexOf("2001:db8:7:", StringComparison.Ordinal)..].Split(' ', '/', ',')[0]);
        EchoPlan plan = new() { Sizes = EchoPlan.Cycle(0, 1_400, 200), InFlight = 8 };
        using UdpEchoClient old = UdpEchoClient.Open(guest.Network, new IPEndPoint(ipv4, UdpEchoClient.Port));
        guest.AssertPerfect(old.Run(plan));
        using PingClient ping = PingClient.Open(guest.Network, ipv4);
        guest.AssertPerfect(ping.Run(plan));
        using UdpEchoClient udp = UdpEchoClient.Open(guest.Network, new IPEndPoint(ipv6, UdpEchoClient.Port));
        guest.AssertPerfect(udp.Run(plan));
        StreamClient.ExchangeOverMany(guest.Network, ipv4, connections: 4, bytesEach: 100_000);
        guest.Network.Require("sh", "-c", $"head -c 20000 /dev/zero | nc -N -w 20 {ipv6} 7 | cmp -n 20000 - /dev/zero");

        static bool IsLeased(string text) => text.Contains(" from DHCP server ", StringComparison.Ordinal);

        static bool IsAdvertised(string text) => text.Contains("2001:db8:7:", StringComparison.Ordinal);
    }

    private static Dictionary<string, int> Judge(string capture)
    {
        Dictionary<string, int> seen = [];
        int number = 0;
        foreach (byte[] frame in PcapFile.ReadFrames(capture))
        {
            number++;
            string? wrong = CapturedFrame.Judge(frame, out string kind);
            Assert.True(wrong is null, $"frame {number}, {kind}: {wrong}: {Convert.ToHexString(frame)}");
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }

        return seen;
    }
}
