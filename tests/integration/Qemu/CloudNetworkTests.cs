using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>Networks as clouds describe them: routes by option 121 alone, an address without a network, a router outside it.</summary>
public sealed class CloudNetworkTests
{
    private const string Beyond = "192.168.77.1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_default_route_among_the_classless_ones_leads_beyond_the_link() =>
        AssertAnswersFromBeyond("option:router", "option:classless-static-route,0.0.0.0/0,10.0.0.1");

    [Fact]
    public void A_router_outside_a_network_of_one_address_is_found_by_ARP() =>
        AssertAnswersFromBeyond("option:netmask,255.255.255.255", "option:router,10.0.0.1");

    private static void AssertAnswersFromBeyond(params string[] options)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        network.Require("ip", "addr", "add", Beyond + "/32", "dev", "lo");
        using DhcpServer server = DhcpServer.Start(network, TimeSpan.FromMinutes(2), options: options);
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo"), network);

        using Socket client = network.Inside(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Beyond), 0));
            return socket;
        });
        client.Connect(echo.Address, UdpEchoClient.Port);
        client.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        byte[] answer = new byte[100];
        for (int i = 0; i < 10; i++)
        {
            byte[] question = Encoding.ASCII.GetBytes($"from beyond {i}");
            client.Send(question);
            Assert.Equal(question, answer[..client.Receive(answer)]);
        }
    }
}
