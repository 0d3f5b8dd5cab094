using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>IPv6 by one interface: its parts, which find each other here, and the ways to addresses.</summary>
internal sealed class Ipv6Layer
{
    private const int LinkLocalPrefix = 64;

    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly NeighbourCache _neighbours;
    private Ipv6Configuration _configuration = Ipv6Configuration.Off;

    /// <summary>Makes that of an interface, which is off until <see cref="Configure"/>.</summary>
    public Ipv6Layer(NetworkInterface owner, NetworkStack stack, PacketInfo info, NeighbourCache neighbours, IpOutput output, TransmitQueue transmit, Reassembler reassembler)
    {
        _interface = owner;
        _stack = stack;
        _neighbours = neighbours;
        Identifiers = new InterfaceIdentifier(stack.Random);
        Icmpv6Sender sender = new(owner, transmit);
        Discovery = new NeighbourDiscovery(this, owner, neighbours, sender);
        Listeners = new ListenerReports(this, owner, stack, sender);
        Configuration = new AddressConfiguration(this, owner, stack);
        Routers = new RouterDiscovery(this, owner, stack, neighbours, sender);
        Paths = new PathDiscovery(this, owner, stack);
        Icmp = new Icmpv6Layer(this, owner, output);
        Input = new Ipv6Input(owner, info, this, reassembler);
    }

    /// <summary>The interface's addresses.</summary>
    public AddressTable Addresses { get; } = new();

    /// <summary>How it chooses the last half of an address.</summary>
    public InterfaceIdentifier Identifiers { get; }

    /// <summary>Neighbour discovery.</summary>
    public NeighbourDiscovery Discovery { get; }

    /// <summary>The groups that are listened to.</summary>
    public ListenerReports Listeners { get; }

    /// <summary>Where the addresses come from.</summary>
    public AddressConfiguration Configuration { get; }

    /// <summary>What routers advertise.</summary>
    public RouterDiscovery Routers { get; }

    /// <summary>How long packets may be on their ways.</summary>
    public PathDiscovery Paths { get; }

    /// <summary>ICMPv6.</summary>
    public Icmpv6Layer Icmp { get; }

    /// <summary>The way in.</summary>
    public Ipv6Input Input { get; }

    /// <summary>Whether routers' advertisements are taken.</summary>
    public bool HearsRouters => _configuration.HearsRouters;

    /// <summary>Whether the interface speaks IPv6.</summary>
    public bool IsOn => _configuration.IsOn;

    /// <summary>The link's MTU as a router says, in bytes; it does not go above the device's.</summary>
    public int LinkMtu { get; set; } = int.MaxValue;

    /// <summary>Takes over where addresses come from; for a link that is down.</summary>
    public void Configure(Ipv6Configuration configuration) => _configuration = configuration;

    /// <summary>Begins on a link that has come up.</summary>
    public void Begin(Instant now)
    {
        if (!IsOn)
            return;
        Configuration.Begin(_configuration.Address, now);
        if (HearsRouters)
            Routers.Begin(now);
    }

    /// <summary>Forgets what was learned on a link.</summary>
    public void End()
    {
        Configuration.End();
        Routers.End();
        Listeners.Stop();
        Paths.Clear();
        LinkMtu = int.MaxValue;
    }

    /// <summary>An address may be used from now on.</summary>
    public void OnAddress(InterfaceAddress address, Instant now)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Log.Info(_interface.Name, $"address {address.Address.Format(text)}/{address.Prefix.Length}");
        if (address.Address.IsLinkLocal)
            Listeners.OnChange(now);
        else
            _stack.OnUsable(_interface);
    }

    /// <summary>Whether the interface has a way to an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How specific that way is.</param>
    public bool Reaches(IpAddress address, out int prefixLength)
    {
        prefixLength = 0;
        if (!IsOn || address.IsUnspecified || address.IsIpv6Loopback || Addresses.SelectSource(address) is null)
            return false;
        return address.IsMulticast || IsOnLink(address, out prefixLength) || TryChooseRouter(out _);
    }

    /// <summary>Makes the way to an address.</summary>
    /// <param name="destination">Where it is written to.</param>
    /// <param name="group">The neighbour of groups.</param>
    /// <param name="address">The address.</param>
    /// <param name="wantedSource">One of the interface's addresses; unspecified for whichever suits.</param>
    /// <returns>False if there is none.</returns>
    public bool Prepare(Destination destination, Neighbour group, IpAddress address, IpAddress wantedSource)
    {
        if (!Reaches(address, out _) || Addresses.IsOurs(address))
            return false;
        InterfaceAddress? source = wantedSource.IsUnspecified ? Addresses.SelectSource(address) : Addresses.Find(wantedSource);
        if (source is not { IsUsable: true })
            return false;
        destination.IsReady = _interface.LinkUp;
        destination.IsBroadcast = false;
        destination.Neighbour = group;
        int mtu = Math.Min(Paths.Find(address), LinkMtu);
        if (address.IsMulticast)
        {
            destination.Set(source.Address, address, _interface.LinkAddress, Ipv6Group.LinkAddress(address), mtu, Destination.GroupHopLimit);
            return true;
        }

        IpAddress hop = address;
        if (!IsOnLink(address, out _))
            TryChooseRouter(out hop);
        Neighbour neighbour = _neighbours.FindOrAsk(hop, _interface.Now);
        destination.Neighbour = neighbour;
        destination.IsReady &= neighbour.IsUsable;
        destination.Set(
            source.Address, address, _interface.LinkAddress, neighbour.IsUsable ? neighbour.LinkAddress : default, mtu, Routers.HopLimit);
        return true;
    }

    private bool IsOnLink(IpAddress address, out int prefixLength)
    {
        prefixLength = LinkLocalPrefix;
        if (address.IsLinkLocal)
            return true;
        if (_configuration.Address.Length == 0 || !_configuration.Address.Contains(address))
            return Routers.IsOnLink(address, out prefixLength);
        prefixLength = _configuration.Address.Length;
        return true;
    }

    private bool TryChooseRouter(out IpAddress router)
    {
        router = _configuration.Gateway;
        return !router.IsUnspecified || Routers.TryChooseRouter(out router);
    }
}
