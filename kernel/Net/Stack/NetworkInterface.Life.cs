using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>An interface's coming and going. Its device may be taken away and come again, as another one perhaps.</summary>
public sealed partial class NetworkInterface
{
    private DhcpClient? _ownDhcp;
    private int _deviceMtu;

    /// <summary>The device that it is the interface of.</summary>
    internal INetworkDevice Device => _device;

    /// <summary>Begins with a device as it is now, and with where its address comes from.</summary>
    internal void Begin(InterfaceConfiguration configuration)
    {
        ReadDevice();
        FixedNameServers = configuration.NameServers;
        ConfigureIpv6(configuration.Ipv6);
        Dhcp = configuration.UsesDhcp ? _ownDhcp ??= new DhcpClient(this, _output.MakeDestination(), _stack) : null;
        if (Dhcp is null)
            Configure(configuration.ToSettings());
    }

    /// <summary>Begins with another device on the same pool, so that its tables serve every card that has the pool's buffers in turn.</summary>
    internal void Begin(INetworkDevice device, InterfaceConfiguration configuration)
    {
        _device = device;
        Counters = device.Counters;
        _transmit.Device = device;
        _neighbours.Counters = Counters;
        _ipv4.Counters = Counters;
        _reassembler.Counters = Counters;
        Udp.Counters = Counters;
        Tcp.Counters = Counters;
        Begin(configuration);
    }

    /// <summary>Ends: what waits to be sent is dropped, nothing that was learned is left. Datagrams that arrived stay with their sockets.</summary>
    internal void End()
    {
        LinkUp = false;
        SetLongestSent();
        ForgetLink();
        Unconfigure();
    }

    private void ForgetLink()
    {
        _transmit.Clear();
        _backlog.Stop();
        _neighbours.Clear();
        _reassembler.Clear();
        _ipv4.Igmp?.Stop();
        Ipv6?.End();
        Dhcp?.Stop();
    }

    /// <summary>Whether the device says other things of itself than were taken over, though its link is up as before: a back end that restarts
    /// between two polls leaves no other trace. Asked by time, since an empty pass is a frequent one.</summary>
    private bool IsOtherDevice(Instant now)
    {
        _compareDue = now + s_checkInterval;
        return LinkUp
            && (_device.Address != LinkAddress || _deviceMtu != _device.Mtu || _offloads != _device.Offloads);
    }

    /// <summary>Takes over what the device says of itself, which a back end that restarted may have changed.</summary>
    private void ReadDevice()
    {
        LinkAddress = _device.Address;
        _deviceMtu = _device.Mtu;
        SetLongestSent();
        _ethernet.Configure(LinkAddress, _deviceMtu);
        RawLinkAddress = EthernetHeader.ToRaw(LinkAddress);
        _offloads = _device.Offloads;
        SetMtu(_device.Mtu);
        InvalidateDestinations();
    }
}
