using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>An interface's coming and going. Its device may be taken away and come again, as another one perhaps.</summary>
public sealed unsafe partial class NetworkInterface
{
    /// <summary>What every host on an Ethernet may send (RFC 894), however short the packets are that this one is asked to send.</summary>
    private const int UsualMtu = 1500;

    private DhcpClient? _ownDhcp;
    private int _deviceMtu;

    /// <summary>The device that it is the interface of.</summary>
    internal INetworkDevice Device => _device;

    private bool NeedsSums => (_device.Offloads & NetworkOffloads.TransmitChecksum) == 0;

    /// <summary>Begins with a device as it is now, and with where its address comes from.</summary>
    internal void Begin(InterfaceConfiguration configuration)
    {
        ReadDevice();
        _dhcp = configuration.UsesDhcp ? _ownDhcp ??= new DhcpClient(this, new Destination(this, _groupNeighbour), _stack) : null;
        if (_dhcp is null)
            Configure(configuration.ToSettings());
    }

    /// <summary>Begins with another device on the same pool, so that its tables serve every card that has the pool's buffers in turn.</summary>
    internal void Begin(INetworkDevice device, InterfaceConfiguration configuration)
    {
        _device = device;
        _counters = device.Counters;
        _transmit.Device = device;
        _neighbours.Counters = _counters;
        _reassembler.Counters = _counters;
        Begin(configuration);
    }

    /// <summary>Ends: what waits to be sent is dropped, nothing that was learned is left. Datagrams that arrived stay with their sockets.</summary>
    internal void End()
    {
        _linkUp = false;
        ForgetLink();
        Unconfigure();
    }

    private void ForgetLink()
    {
        _transmit.Clear();
        _backlog.Stop();
        _neighbours.Clear();
        _reassembler.Clear();
        _dhcp?.Stop();
    }

    /// <summary>Whether the device says other things of itself than were taken over, though its link is up as before: a back end that restarts
    /// between two polls leaves no other trace. Asked by time, since an empty pass is a frequent one.</summary>
    private bool IsOtherDevice(Instant now)
    {
        _compareDue = now + s_checkInterval;
        return _linkUp
            && (_device.Address != _linkAddress || _deviceMtu != _device.Mtu || _sumsOnTransmit != NeedsSums);
    }

    /// <summary>Takes over what the device says of itself, which a back end that restarted may have changed.</summary>
    private void ReadDevice()
    {
        _linkAddress = _device.Address;
        _rawLinkAddress = EthernetHeader.ToRaw(_linkAddress);
        _deviceMtu = _device.Mtu;
        _longestFrame = EthernetHeader.Size + Math.Max(_deviceMtu, UsualMtu);
        _sumsOnTransmit = NeedsSums;
        SetMtu(_device.Mtu);
        InvalidateDestinations();
    }
}
