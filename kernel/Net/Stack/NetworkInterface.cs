using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One device with its addresses and its share of the stack: frames in bursts go from it to endpoints, and back.</summary>
/// <remarks>
/// One pass takes a burst from the device, brings each packet to its end, and hands what the pass produced back as one burst.
/// Layers are the parts of this class, so that a packet passes no virtual call and its interface's fields are at hand.
/// Time comes as an argument of <see cref="Poll"/> and stands still between two passes.
/// </remarks>
public sealed unsafe partial class NetworkInterface : IPollable
{
    /// <summary>The longest burst that one pass takes.</summary>
    public const int BurstSize = 64;

    /// <summary>How long a frame may wait, in microseconds, behind received work that its sender has still to do.</summary>
    public const int HoldMicroseconds = 50;

    private const int FramesBetweenClockReadings = 4;

    private static readonly Duration s_hold = Duration.FromMicroseconds(HoldMicroseconds);
    private static readonly Duration s_checkInterval = Duration.FromMilliseconds(10);
    private static readonly Duration s_backlogRetry = Duration.FromMicroseconds(100);

    private static readonly NetworkSettings s_nothing = new();

    private readonly NetworkStack _stack;
    private readonly PacketPool _pool;
    private readonly PacketBuffer[] _burst = new PacketBuffer[BurstSize];
    private readonly TransmitQueue _transmit;
    private readonly NeighbourCache _neighbours;
    private readonly Reassembler _reassembler;

    // Both only wake the machine: the pass that follows looks after the link, or offers the backlog again.
    private readonly Timer _check;
    private readonly Timer _backlog;
    private INetworkDevice _device;
    private PathCounters _counters;
    private DhcpClient? _dhcp;
    private MacAddress _linkAddress;
    private ulong _rawLinkAddress;
    private int _longestFrame;
    private bool _sumsOnTransmit;
    private Instant _now;
    private Instant _checkDue;
    private Instant _compareDue;
    private bool _linkUp;

    internal NetworkInterface(NetworkStack stack, INetworkDevice device, PacketPool pool, InterfaceConfiguration configuration)
    {
        _stack = stack;
        _device = device;
        _pool = pool;
        _udp = stack.Udp;
        _counters = device.Counters;
        _transmit = new TransmitQueue(device, Drops);
        _neighbours = new NeighbourCache(this, pool, Drops, _counters, stack);
        _reassembler = new Reassembler(stack, pool, Drops, _counters, ExpireFragments);
        _check = new Timer(stack.Timers);
        _backlog = new Timer(stack.Timers);
        _groupNeighbour = new Neighbour();
        _destinations = new Destination[Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)pool.Count), LeastDestinations, MostDestinations)];
        _destinationMultiplier = (uint)stack.Secret | 1;
        for (int i = 0; i < _destinations.Length; i++)
            _destinations[i] = new Destination(this, _groupNeighbour);
        _identification = stack.Random.NextUInt16();
        Begin(configuration);
    }

    /// <summary>The device's name.</summary>
    public string Name => _device.Name;

    /// <summary>What was dropped here, and why.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>The interface's address and network; meaningless unless <see cref="HasAddress"/>.</summary>
    public IpPrefix Address { get; private set; }

    /// <summary>Whether an address was configured, or leased.</summary>
    public bool HasAddress { get; private set; }

    /// <summary>The router to everywhere else; <c>default</c> if there is none.</summary>
    public IpAddress Gateway => Settings.Routes.Gateway;

    /// <summary>The first name server; <c>default</c> if none is known.</summary>
    public IpAddress NameServer => Settings.NameServers.First;

    /// <summary>What the interface was told about its network; nothing unless <see cref="HasAddress"/>.</summary>
    internal NetworkSettings Settings { get; private set; } = s_nothing;

    /// <summary>What went wrong with DHCP servers; null for an interface that asks none.</summary>
    public DhcpTroubles? DhcpTroubles => _dhcp?.Troubles;

    /// <summary>Whether packets can come and go: the link is up, and the address is known.</summary>
    public bool IsUsable => _linkUp && HasAddress;

    /// <summary>The largest packet that is sent, in bytes, IP header and all.</summary>
    public int Mtu { get; private set; }

    /// <summary>Where buffers for sending come from.</summary>
    internal PacketPool Pool => _pool;

    /// <summary>The device's address.</summary>
    internal MacAddress LinkAddress => _linkAddress;

    /// <inheritdoc/>
    public bool Poll(Instant now)
    {
        _now = now;
        _stack.Now = now;
        PacketBuffer[] burst = _burst;
        int count = _device.Receive(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(burst), burst.Length));
        for (int i = 0; i < count; i++)
            Input(burst[i]);

        // A pass with arrivals leaves the link to the next one without, which comes within ten milliseconds: a driver too sees to its
        // device's health when it has nothing to deliver.
        bool again = count == burst.Length;
        if (count == 0 || now >= _checkDue)
            again |= CheckLink(now) | count != 0;
        if (count != 0)
            _check.StartBy(_checkDue);
        if (_transmit.Count == 0)
        {
            _backlog.Stop();
            return again;
        }

        // What a full ring did not take is offered again soon: the device interrupts for arrivals, not for room.
        _backlog.Start(_transmit.Flush() && _transmit.Count == 0 ? Instant.Never : now + s_backlogRetry);
        return again;
    }

    /// <inheritdoc/>
    public bool Arm() => (_transmit.Count == 0 || _backlog.IsStarted) && _device.Arm();

    /// <summary>Hands what was gathered to the device and tells it.</summary>
    public void Flush() => _transmit.Flush();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountCopied(int bytes) => _counters.Count(PathEvent.CopiedBytes, bytes);

    /// <summary>Flushes if frames have been held since the last pass for longer than <see cref="HoldMicroseconds"/>.</summary>
    public void FlushIfLate(Instant now)
    {
        if (now - _now > s_hold)
            _transmit.Flush();
    }

    /// <summary>Whether the sender of a frame that is held should read the clock and call <see cref="FlushIfLate"/>: at every
    /// fourth frame, since a reading costs as much as a tenth of a packet.</summary>
    public bool WantsClock
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _transmit.Count != 0 && (uint)_transmit.Count % FramesBetweenClockReadings == 0;
    }

    /// <summary>Begins to use settings, which stay as they are until others are given.</summary>
    internal void Configure(NetworkSettings settings)
    {
        IpPrefix address = settings.Address;
        Settings = settings;
        Address = address;
        SetMtu(settings.Mtu == 0 ? _device.Mtu : settings.Mtu);
        HasAddress = true;
        _rawAddress = BigEndian32.From(address.Address.Ipv4);
        IpAddress broadcast = address.DirectedBroadcast;
        _rawBroadcast = broadcast.IsIpv4 ? BigEndian32.From(broadcast.Ipv4) : new BigEndian32(uint.MaxValue);
        InvalidateDestinations();
    }

    internal void Unconfigure()
    {
        Settings = s_nothing;
        Address = default;
        SetMtu(_device.Mtu);
        HasAddress = false;
        _rawAddress = default;
        _rawBroadcast = new BigEndian32(uint.MaxValue);
        _neighbours.Clear();
        InvalidateDestinations();
    }

    /// <summary>Lowers the MTU below the device's, as a DHCP server may ask; never above it, nor above what a buffer holds.</summary>
    internal void SetMtu(int mtu)
    {
        const int Fits = PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeader.Size;
        Mtu = Math.Min(mtu, _device.Mtu);
        _longestUdpPayload = Math.Min(Mtu, Fits) - Ipv4Header.Size - UdpHeader.Size;
    }

    /// <summary>Says on the link, and to the stack, that the interface has its address now.</summary>
    internal void OnUsable()
    {
        Announce();
        _stack.OnUsable(this);
    }

    internal void OnLinkChange(Instant now)
    {
        _now = now;
        _linkUp = _device.LinkUp;
        if (!_linkUp)
        {
            Log.Warn(Name, $"link down");
            ForgetLink();
            return;
        }

        Log.Info(Name, $"link up");
        ReadDevice();
        if (_dhcp is not null)
            _dhcp.Start(now);
        else
            OnUsable();
    }

    private bool CheckLink(Instant now)
    {
        _checkDue = now + s_checkInterval;
        bool worked = false;
        if (_device.LinkUp != _linkUp)
        {
            OnLinkChange(now);
            worked = true;
        }
        else if (now >= _compareDue && IsOtherDevice(now))
        {
            // The link was down and is up again, unseen: what was learned on the one before is not true of this one.
            ForgetLink();
            OnLinkChange(now);
            worked = true;
        }

        return worked;
    }
}
