using System;
using System.Net;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>One of our images, booted in a network of its own.</summary>
internal sealed class Appliance : IDisposable
{
    private static readonly TimeSpan s_boot = TimeSpan.FromSeconds(60);

    private Appliance(NetworkNamespace network, QemuGuest guest)
    {
        Network = network;
        Guest = guest;
    }

    /// <summary>Its network.</summary>
    public NetworkNamespace Network { get; }

    /// <summary>Its machine.</summary>
    public QemuGuest Guest { get; }

    /// <summary>The address that it said it has.</summary>
    public IPAddress Address { get; private set; } = IPAddress.None;

    /// <summary>A machine for an application on a path, with a NIC on the tap.</summary>
    public static QemuMachine Machine(string application, string path = "virtio") => new()
    {
        Kernel = Repository.Find().ImageOf(application),
        Path = GuestPaths.Parse(path),
        Network = new QemuNetwork.Tap(NetworkNamespace.TapName),
    };

    /// <summary>Boots an application with a fixed address and waits until it can be used.</summary>
    public static Appliance BootReady(QemuMachine machine)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        return BootReady(machine with { CommandLine = $"{network.StaticAddressOption} {machine.CommandLine}".TrimEnd() }, network);
    }

    /// <summary>Boots an application in a network that is there already, and waits until it can be used.</summary>
    public static Appliance BootReady(QemuMachine machine, NetworkNamespace network)
    {
        Appliance appliance = Boot(machine, network);
        try
        {
            appliance.WaitForReady();
            return appliance;
        }
        catch
        {
            appliance.Dispose();
            throw;
        }
    }

    /// <summary>Boots an application in a network that is there already.</summary>
    public static Appliance Boot(QemuMachine machine, NetworkNamespace network)
    {
        try
        {
            return new Appliance(network, QemuGuest.Boot(machine, network.Prefix));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the line that begins with <c>ready</c>, and takes the address from it.</summary>
    public void WaitForReady()
    {
        // ready: 10.0.0.2 port 7, 1234 us after entry
        string line = Guest.WaitForLine("ready: ", s_boot);
        Address = IPAddress.Parse(line.Split(' ')[1]);
    }

    /// <summary>Sends UDP datagrams and expects each back.</summary>
    public EchoResult Udp(EchoPlan plan)
    {
        using UdpEchoClient client = UdpEchoClient.Open(Network, new IPEndPoint(Address, UdpEchoClient.Port));
        return client.Run(plan);
    }

    /// <summary>Begins a flood of its port. Who answers it must be known first: Linux keeps only a few datagrams while it asks.</summary>
    public UdpFlood Flood()
    {
        AssertPerfect(Udp(new EchoPlan { Sizes = [64] }));
        return UdpFlood.Start(Network, new IPEndPoint(Address, UdpEchoClient.Port));
    }

    /// <summary>Sends pings and expects each back.</summary>
    public EchoResult Ping(EchoPlan plan)
    {
        using PingClient client = PingClient.Open(Network, Address);
        return client.Run(plan);
    }

    /// <summary>Sends Ethernet frames and expects each back.</summary>
    public EchoResult Frames(EchoPlan plan)
    {
        using FrameEchoClient client = FrameEchoClient.Open(Network, NetworkNamespace.TapName, Address);
        return client.Run(plan);
    }

    /// <summary>Asserts that nothing was lost, altered or doubled; else shows the console.</summary>
    public void AssertPerfect(EchoResult result) => Assert.True(result.Perfect, $"{result}\n{Guest.Report()}");

    /// <summary>What the guest counted itself.</summary>
    public GuestCounters Counters() => GuestCounters.Ask(Guest);

    /// <inheritdoc/>
    public void Dispose()
    {
        Guest.Dispose();
        Network.Dispose();
    }
}
