using System;
using System.Numerics;
using Guest.Core.Diagnostics;
using Guest.Core.Randomness;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Told once, when the first endpoint is bound and an interface is usable.</summary>
public delegate void EndpointReady(NetworkInterface usable, Endpoint endpoint);

/// <summary>The interfaces, the endpoints, and the choice between interfaces.</summary>
/// <remarks>
/// Boot makes one, adds an interface for each device, gives the interfaces to the run loop and makes it <see cref="Current"/> for
/// the sockets. Everything is used by one processor.
/// </remarks>
public sealed partial class NetworkStack
{
    /// <summary>How many interfaces there can be at a time.</summary>
    public const int MaximumInterfaces = 8;

    private const ushort FirstEphemeralPort = 49_152;
    private const int EphemeralPorts = 65_536 - FirstEphemeralPort;
    private const int LeastQueue = 16;
    private const int LongestQueue = 256;

    /// <summary>The interfaces, and behind them those that were removed and wait for their devices to come again.</summary>
    private readonly NetworkInterface?[] _interfaces = new NetworkInterface?[MaximumInterfaces];
    private UdpEndpoint? _all;
    private UdpEndpoint? _closed;
    private int _queueCapacity = LeastQueue;
    private int _interfacesMade;
    private DnsResolver? _names;
    private TcpConnectionList? _list;

    /// <summary>Makes a stack without interfaces.</summary>
    /// <param name="timers">Who waits for time: the interfaces and their protocols.</param>
    /// <param name="random">Where identifiers, ports and the keys of hash tables come from.</param>
    public NetworkStack(TimerQueue timers, RandomGenerator random)
    {
        Timers = timers;
        Random = random;
        Secret = random.NextUInt64();
        Endpoints = new EndpointTable(Secret);
        Tcp = new TcpConnections(this);
    }

    /// <summary>The stack that sockets use.</summary>
    public static NetworkStack? Current { get; set; }

    /// <summary>How many interfaces there are.</summary>
    public int InterfaceCount { get; private set; }

    /// <summary>An interface, in the order in which they were added.</summary>
    public NetworkInterface this[int index] => _interfaces[index]!;

    /// <summary>The clock that is read while answers are held back, so that none is held for long; without one, few are.</summary>
    public Func<Instant>? Clock { get; set; }

    /// <summary>Called once, when an endpoint is bound and an interface is usable: now, if that is so already.</summary>
    public EndpointReady? FirstEndpointReady
    {
        get;
        set
        {
            field = value;
            TellIfReady();
        }
    }

    /// <summary>What was dropped before an interface was chosen for it.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>Everything that is bound.</summary>
    internal EndpointTable Endpoints { get; }

    /// <summary>All of TCP that is one for the stack.</summary>
    internal TcpConnections Tcp { get; }

    /// <summary>What has happened to TCP connections.</summary>
    public TcpCounters TcpCounters => Tcp.Counters;

    /// <summary>Who finds the addresses of names: made when it is asked first.</summary>
    public DnsResolver Names => _names ??= new DnsResolver(this);

    /// <summary>What went wrong with name servers; null if none was ever asked.</summary>
    public DnsTroubles? DnsTroubles => _names?.Troubles;

    /// <summary>Looks at the first of all TCP connections; what is returned is good until the next call.</summary>
    /// <param name="more">How many there are beside them.</param>
    public ReadOnlySpan<TcpConnectionInfo> LookAtConnections(out int more) => (_list ??= new TcpConnectionList(Tcp)).Look(out more);

    /// <summary>Prints a line for each TCP segment from now on.</summary>
    public void TraceTcp(ConsoleOutput output) => Tcp.Trace = new TcpTrace(Tcp, output);

    /// <summary>The timers of the processor that serves the stack.</summary>
    public TimerQueue Timers { get; }

    /// <summary>Numbers that nobody outside can guess; not for each packet.</summary>
    internal RandomGenerator Random { get; }

    /// <summary>A number from which hashes begin, so that nobody outside can choose what falls together.</summary>
    internal ulong Secret { get; }

    /// <summary>The time of the pass in hand, or of the last one.</summary>
    internal Instant Now { get; set; }

    /// <summary>Raised by whatever makes a <see cref="Destination"/> stale.</summary>
    internal int Generation { get; set; } = 1;

    /// <summary>Makes an interface of a device. The caller lets the run loop poll it.</summary>
    /// <param name="device">The device; it has one interface.</param>
    /// <param name="pool">The pool that the device takes its buffers from: a buffer never goes to another pool's device.</param>
    /// <param name="configuration">Where the address comes from.</param>
    /// <param name="now">The time; if the link is up, a DHCP server is asked at once.</param>
    /// <exception cref="InvalidOperationException">There are eight already.</exception>
    public NetworkInterface AddInterface(INetworkDevice device, PacketPool pool, InterfaceConfiguration configuration, Instant now)
    {
        if (InterfaceCount == MaximumInterfaces)
            throw new InvalidOperationException("the stack has room for 8 interfaces");
        Random.Mix(device.Address.Bits);
        int quarter = (int)BitOperations.RoundUpToPowerOf2((uint)pool.Count / 4);
        _queueCapacity = Math.Clamp(Math.Max(_queueCapacity, quarter), LeastQueue, LongestQueue);
        NetworkInterface added = MakeInterface(device, pool, configuration);
        if (device.LinkUp)
            added.OnLinkChange(now);
        return added;
    }

    /// <summary>Takes a device's interface away. The caller lets the run loop forget it. Sockets stay, with the datagrams that arrived by it; a device
    /// that is added again gets the same object back, and so does another one on the same pool.</summary>
    /// <returns>The interface, or null if the device has none.</returns>
    public NetworkInterface? RemoveInterface(INetworkDevice device)
    {
        int at = Find(device, 0, InterfaceCount);
        if (at < 0)
            return null;
        NetworkInterface removed = _interfaces[at]!;
        removed.End();
        for (InterfaceCount--; at < InterfaceCount; at++)
            _interfaces[at] = _interfaces[at + 1];
        _interfaces[at] = removed;
        return removed;
    }

    /// <summary>Makes an endpoint, or hands out a closed one again. It is not bound.</summary>
    /// <remarks>Its queue holds as many datagrams as a quarter of the largest pool has buffers, at most 256, if the pool's budget
    /// (PacketPool.Budget.cs) allows.</remarks>
    public UdpEndpoint CreateUdpEndpoint()
    {
        UdpEndpoint? endpoint = _closed;
        if (endpoint is null)
        {
            endpoint = new UdpEndpoint(this, _queueCapacity) { NextOfAll = _all };
            _all = endpoint;
            return endpoint;
        }

        _closed = endpoint.NextClosed;
        endpoint.NextClosed = null;
        endpoint.IsClosed = false;
        return endpoint;
    }

    /// <summary>Makes an end of a TCP connection, or hands out a closed one again. It is not bound.</summary>
    public TcpEndpoint CreateTcpEndpoint() => Tcp.TakeEndpoint();

    /// <summary>Makes a listener for TCP connections, or hands out a closed one again. It is not bound.</summary>
    public TcpListenEndpoint CreateTcpListenEndpoint() => Tcp.TakeListener();

    /// <summary>The time, as exactly as it is known: what an application does may come long after the pass that woke it.</summary>
    internal Instant ReadClock() => Clock is null ? Now : Clock();

    /// <summary>Whether an address is an interface's.</summary>
    internal bool HasAddress(IpAddress address) => FindInterface(address) is not null;

    /// <summary>Whether anything leads to an address.</summary>
    internal bool Reaches(IpAddress address)
    {
        for (int i = 0; i < InterfaceCount; i++)
        {
            if (_interfaces[i]!.Reaches(address, out _))
                return true;
        }

        return false;
    }

    /// <summary>Forgets what names mean: on another network they may mean something else.</summary>
    internal void ForgetNames() => _names?.Cache.Clear();

    internal BindStatus Bind(UdpEndpoint endpoint, IpAddress address, ushort port)
    {
        if (!address.IsUnspecified && FindInterface(address) is null)
            return BindStatus.AddressNotAvailable;
        if (port == 0 && !TryFindFreePort(address, endpoint.IsDual, out port))
            return BindStatus.InUse;
        if (Endpoints.IsTaken(IpProtocol.Udp, address, port, endpoint.IsDual))
            return BindStatus.InUse;
        endpoint.SetLocal(address, port);
        Endpoints.Add(endpoint);
        TellIfReady();
        return BindStatus.Bound;
    }

    internal void Close(UdpEndpoint endpoint)
    {
        if (endpoint.IsClosed)
            return;
        Endpoints.Remove(endpoint);
        endpoint.Reset();
        endpoint.IsClosed = true;
        endpoint.WakeAll();
        endpoint.NextClosed = _closed;
        _closed = endpoint;
    }

    /// <summary>The way to an address: by <paramref name="preferred"/> if that has one, else by the interface whose network is the
    /// most specific, else by a gateway.</summary>
    internal Destination? FindDestination(IpAddress address, IpAddress source, NetworkInterface? preferred)
    {
        if (preferred is not null && preferred.Reaches(address, out _))
            return preferred.FindDestination(address, source);
        NetworkInterface? best = null;
        int bestLength = -1;
        for (int i = 0; i < InterfaceCount; i++)
        {
            NetworkInterface candidate = _interfaces[i]!;
            if (!source.IsUnspecified && !candidate.IsOwn(source))
                continue;
            if (candidate.Reaches(address, out int length) && length > bestLength)
                (best, bestLength) = (candidate, length);
        }

        return best?.FindDestination(address, source);
    }

    /// <summary>Drops datagrams of those endpoints that were not read for the longest time, until a pool has room for some buffers more.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="buffers">How many buffers.</param>
    /// <param name="active">Only endpoints that were last active before this give theirs.</param>
    /// <returns>False if those have none to give.</returns>
    internal bool TryMakeRoom(PacketPool pool, int buffers, Instant active)
    {
        if (buffers > pool.KeepLimit)
            return false;
        while (pool.KeepRoom < buffers)
        {
            UdpEndpoint? idle = null;
            Instant before = active;
            for (UdpEndpoint? endpoint = _all; endpoint is not null; endpoint = endpoint.NextOfAll)
            {
                Instant last = endpoint.LastActive(Now);
                if (last >= before || !endpoint.KeepsFrom(pool))
                    continue;
                idle = endpoint;
                before = last;
            }

            if (idle is null)
                return false;
            idle.DropOldest();
        }

        return true;
    }

    internal void FlushIfLate(NetworkInterface via)
    {
        if (Clock is null)
            via.Flush();
        else
            via.FlushIfLate(Clock());
    }

    internal void OnUsable(NetworkInterface usable)
    {
        if (usable.IsUsable)
            TellIfReady();
    }

    private NetworkInterface MakeInterface(INetworkDevice device, PacketPool pool, InterfaceConfiguration configuration)
    {
        int at = Find(device, InterfaceCount, MaximumInterfaces);
        if (at < 0)
            at = FindVacant(pool);
        NetworkInterface made;
        if (at < 0)
        {
            // The one whose place it takes moves behind; past the end is one whose device has not come for longest.
            made = new(this, ++_interfacesMade, device, pool, configuration);
            at = MaximumInterfaces - 1;
        }
        else
        {
            made = _interfaces[at]!;
            made.Begin(device, configuration);
        }

        for (; at > InterfaceCount; at--)
            _interfaces[at] = _interfaces[at - 1];
        _interfaces[InterfaceCount++] = made;
        made.Watch(_packets);
        return made;
    }

    private int Find(INetworkDevice device, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            if (_interfaces[i]?.Device == device)
                return i;
        }

        return -1;
    }

    /// <summary>The place of an interface that waits and whose tables were made for a pool.</summary>
    private int FindVacant(PacketPool pool)
    {
        for (int i = InterfaceCount; i < MaximumInterfaces; i++)
        {
            if (_interfaces[i]?.Pool == pool)
                return i;
        }

        return -1;
    }

    /// <summary>The interface on which a group is joined by who names none: one that leads to it, else the first, whose address may come later.</summary>
    internal NetworkInterface? FindGroupInterface(IpAddress group)
    {
        for (int i = 0; i < InterfaceCount; i++)
        {
            if (_interfaces[i]!.Reaches(group, out _))
                return _interfaces[i];
        }

        return InterfaceCount == 0 ? null : _interfaces[0];
    }

    /// <summary>The interface that has an address; null if none has.</summary>
    internal NetworkInterface? FindInterface(IpAddress address)
    {
        for (int i = 0; i < InterfaceCount; i++)
        {
            if (_interfaces[i]!.IsOwn(address))
                return _interfaces[i];
        }

        return null;
    }

    private bool TryFindFreePort(IpAddress address, bool isDual, out ushort port)
    {
        // RFC 6056, 3.3.1: each search begins somewhere else.
        int first = (int)Random.NextBelow(EphemeralPorts);
        for (int tried = 0; tried < EphemeralPorts; tried++)
        {
            port = (ushort)(FirstEphemeralPort + ((first + tried) % EphemeralPorts));
            if (!Endpoints.IsTaken(IpProtocol.Udp, address, port, isDual))
                return true;
        }

        port = 0;
        return false;
    }

    internal void TellIfReady()
    {
        if (FirstEndpointReady is not { } tell || (Endpoints.Any ?? _packets.Any) is not { } endpoint)
            return;
        for (int i = 0; i < InterfaceCount; i++)
        {
            if (!_interfaces[i]!.IsUsable)
                continue;
            FirstEndpointReady = null;
            tell(_interfaces[i]!, endpoint);
            return;
        }
    }
}
