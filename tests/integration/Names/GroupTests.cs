using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Names;

/// <summary>apps/Threads joins groups on a booted machine, and Linux sends to them.</summary>
public sealed class GroupTests
{
    private const int Port = 7007;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    // Of each kind of filter: none, of registers, of bits, of bytes.
    [Theory]
    [InlineData("virtio")]
    [InlineData("e1000")]
    [InlineData("rtl8139")]
    [InlineData("ne2000")]
    public void What_is_sent_to_a_group_is_received_until_it_is_left(string path)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        long tap = network.EnableIpv6();
        using Appliance guest = Appliance.Boot(Appliance.Machine("threads", path) with { CommandLine = $"{network.Ipv4AddressOption} -- groups" }, network);
        guest.Guest.WaitForLine("groups: joined", s_patience);
        IPEndPoint[] groups = [new(IPAddress.Parse("239.7.7.7"), Port), new(new IPAddress(IPAddress.Parse("ff02::7:7").GetAddressBytes(), tap), Port)];
        foreach (IPEndPoint group in groups)
            Assert.True(IsEchoed(network, group, tap, tries: 30), $"{group}\n{guest.Guest.Report()}");

        guest.Guest.Type("leave\n"u8);
        guest.Guest.WaitForLine("groups: left", s_patience);

        foreach (IPEndPoint group in groups)
            Assert.False(IsEchoed(network, group, tap, tries: 3), $"{group}\n{guest.Guest.Report()}");
        Assert.True(IsEchoed(network, new IPEndPoint(network.GuestAddress, Port), tap, tries: 30), guest.Guest.Report());
    }

    private static bool IsEchoed(NetworkNamespace network, IPEndPoint group, long tap, int tries)
    {
        using Socket socket = network.Inside(() =>
        {
            Socket made = new(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 500 };
            if (group.AddressFamily == AddressFamily.InterNetworkV6)
                made.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, (int)tap);
            else
                made.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, network.HostAddress.GetAddressBytes());
            return made;
        });
        byte[] buffer = new byte[100];
        for (int i = 0; i < tries; i++)
        {
            byte[] sent = Encoding.ASCII.GetBytes($"hello {i}");
            socket.SendTo(sent, group);
            try
            {
                int length = socket.Receive(buffer);
                return buffer.AsSpan(0, Math.Min(length, 5)).SequenceEqual("hello"u8);
            }
            catch (SocketException timeout) when (timeout.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Lost, or not received: once more.
            }
        }

        return false;
    }
}
