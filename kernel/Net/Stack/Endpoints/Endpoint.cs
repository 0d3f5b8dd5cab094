using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One end of a transport protocol: what UDP's and TCP's have in common, so that one table finds them all.</summary>
public abstract class Endpoint
{
    private readonly IpProtocol _protocol;

    // The local port and the protocol while datagrams of any host are accepted by a version of IP, else 0: a single comparison for each arrival.
    private uint _accepted;
    private uint _acceptedIpv6;
    private IpAddress _local;
    private bool _anyLocal;

    /// <summary>Makes one without a name.</summary>
    /// <param name="protocol">Whose end it is.</param>
    /// <param name="nobody">For one that no application ever has: where nobody waits.</param>
    private protected Endpoint(IpProtocol protocol, WaitQueue? nobody = null)
    {
        _protocol = protocol;
        Readers = nobody ?? new WaitQueue();
        Writers = nobody ?? new WaitQueue();
        Name(IpAddress.AnyIpv4, 0);
    }

    /// <summary>What can be done with it now. Whoever raises it wakes <see cref="Readers"/> or <see cref="Writers"/>; a failure or an end wakes both.</summary>
    public virtual Readiness Readiness => Readiness.None;

    /// <summary>Whether any of some things can be done.</summary>
    public virtual bool IsReady(Readiness wanted) => (Readiness & wanted) != 0;

    /// <summary>Threads that wait until it is readable, and who watches that.</summary>
    public WaitQueue Readers { get; }

    /// <summary>Threads that wait until it is writable, and who watches that.</summary>
    public WaitQueue Writers { get; }

    /// <summary>Where it stands among those whose ports have the same hash: UDP's for IPv4 first, which are found at the first look
    /// (<see cref="EndpointTable.FindFirst"/>); those bound to an address before those bound to all.</summary>
    internal int PlaceOnPort => (_protocol == IpProtocol.Udp ? 0 : 4) + (_acceptedIpv6 == 0 ? 0 : 2) + (_anyLocal ? 1 : 0);

    /// <summary>Whether it is the stack's own, and no application's.</summary>
    internal bool IsOfStack { get; set; }

    /// <summary>The next of all endpoints whose local ports have the same hash.</summary>
    internal Endpoint? NextOnPort;

    /// <summary>The next of all endpoints of one conversation each that have the same hash.</summary>
    internal Endpoint? NextInFlows;

    /// <summary>Whether an endpoint that is named "any address of IPv6" from now on accepts IPv4 too (RFC 3493, 5.3).</summary>
    internal bool IsDual { get; set; }

    /// <summary>The address that packets must be sent to; unspecified for any of this host's.</summary>
    public IpAddress LocalAddress => _local;

    /// <summary>The port; 0 while not bound.</summary>
    public ushort LocalPort => RawLocalPort.Value;

    /// <summary>Whether it has a port.</summary>
    public bool IsBound
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => RawLocalPort.Raw != 0;
    }

    /// <summary>The only host from which packets are accepted, if <see cref="IsConnected"/>.</summary>
    public IpAddress RemoteAddress { get; private set; }

    /// <summary>That host's port.</summary>
    public ushort RemotePort => RawRemotePort.Value;

    /// <summary>Whether it belongs to one conversation alone.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The port in transmission order.</summary>
    internal BigEndian16 RawLocalPort { get; private set; }

    /// <summary>The other host's port in transmission order.</summary>
    internal BigEndian16 RawRemotePort { get; private set; }

    /// <summary>The conversation; meaningless unless <see cref="IsConnected"/>.</summary>
    internal FlowKey Flow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_protocol, RawLocalPort, RawRemotePort, _local, RemoteAddress);
    }

    /// <summary>The hash of <see cref="Flow"/>, made once.</summary>
    internal uint FlowHash { get; private set; }

    /// <summary>Wakes all who wait for it, at a failure or an end.</summary>
    internal void WakeAll()
    {
        Readers.WakeAll();
        Writers.WakeAll();
    }

    /// <summary>Names this end. Only while the endpoint is in no table.</summary>
    private protected void Name(IpAddress local, ushort port)
    {
        _local = local;
        _anyLocal = local.IsUnspecified;
        RawLocalPort = BigEndian16.From(port);
        IsConnected = false;
        uint accepted = Accepted(_protocol, RawLocalPort);
        bool both = IsDual && _anyLocal && !local.IsIpv4;
        _accepted = local.IsIpv4 || both ? accepted : 0;
        _acceptedIpv6 = local.IsIpv4 ? 0 : accepted;
    }

    /// <summary>Names the other end. Only while the endpoint is in no table.</summary>
    private protected void NameRemote(IpAddress remote, ushort port, ulong secret)
    {
        RemoteAddress = remote;
        RawRemotePort = BigEndian16.From(port);
        IsConnected = true;
        _accepted = 0;
        _acceptedIpv6 = 0;
        FlowHash = Flow.Hash(secret);
    }

    /// <summary>Whether it has a port that another endpoint asks for.</summary>
    /// <param name="protocol">Whose port it is.</param>
    /// <param name="local">The address that is asked for with it.</param>
    /// <param name="port">The port.</param>
    /// <param name="isDual">Whether "any address of IPv6" means IPv4 too.</param>
    internal bool HasPort(IpProtocol protocol, IpAddress local, ushort port, bool isDual)
    {
        if (protocol != _protocol || port != LocalPort)
            return false;
        if (_local.IsIpv4 == local.IsIpv4)
            return local.IsUnspecified || _anyLocal || _local == local;
        return local.IsIpv4 ? IsDual && _anyLocal : isDual && local.IsUnspecified;
    }

    /// <summary>Whether IPv6 packets of any host are accepted, and this is one of them.</summary>
    /// <inheritdoc cref="Accepts"/>
    internal bool AcceptsIpv6(uint accepted, PacketInfo info) => _acceptedIpv6 == accepted && (_anyLocal || _local == info.Destination);

    /// <summary>Whether IPv4 packets of any host are accepted, and this is one of them.</summary>
    /// <param name="accepted">What <see cref="Accepted"/> makes of the protocol and the port that the packet is for.</param>
    /// <param name="info">Whom it is for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Accepts(uint accepted, PacketInfo info) => _accepted == accepted && (_anyLocal || _local == info.Destination);

    /// <summary>A protocol and a port in one number, which is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Accepted(IpProtocol protocol, BigEndian16 port) => ((uint)protocol << 16) | port.Raw;

    /// <summary>The conversation that an arrival would belong to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FlowKey FlowOf(uint accepted, PacketInfo info) =>
        new((IpProtocol)(accepted >> 16), new((ushort)accepted), info.SourcePort, info.Destination, info.Source);
}
