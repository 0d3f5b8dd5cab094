using System;
using System.Net;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>Xen and dom0 on a network of their own, with the echo appliance as a domain, ready.</summary>
public class XenEchoMachine : IDisposable
{
    private readonly DomainType _type;

    /// <param name="type">How Xen runs the appliance.</param>
    /// <param name="memoryMiB">What it is given.</param>
    public XenEchoMachine(DomainType type, int memoryMiB = 64)
    {
        _type = type;
        Host = XenHost.Restore(Network);
        try
        {
            Echo = Boot("echo", Network.GuestAddress, memoryMiB);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What dom0's bridge leads to.</summary>
    public NetworkNamespace Network { get; } = NetworkNamespace.Create();

    /// <summary>Xen and dom0.</summary>
    public XenHost Host { get; }

    /// <summary>The appliance.</summary>
    public XenAppliance Echo { get; }

    /// <summary>Boots another one beside it.</summary>
    public XenAppliance Boot(string name, IPAddress address, int memoryMiB = 64) =>
        XenAppliance.Boot(Host, Network, _type, memoryMiB, name, address);

    /// <summary>Ends everything.</summary>
    public void Dispose()
    {
        Host.Dispose();
        Network.Dispose();
        GC.SuppressFinalize(this);
    }
}
