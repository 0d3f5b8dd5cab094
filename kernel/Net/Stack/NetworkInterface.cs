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
/// Each layer is a sealed class of its own that the interface holds: Ethernet, ARP, IPv4, IPv6, ICMP, UDP, TCP, DHCP. A packet passes no virtual call.
/// Time comes as an argument of <see cref="Poll"/> and stands still between two passes.
/// </remarks>
public sealed partial class NetworkInterface : IPollable
{
    /// <summary>The longest burst that one pass takes.</summary>
    public const int BurstSize = 64;

    /// <summary>How long a frame may wait, in microseconds, behind received work that its sender has still to do.</summary>
    public const int HoldMicroseconds = 50;

    private const int FramesBetweenClockReadings = 4;

    private static readonly Duration s_hold = Duration.FromMicroseconds(HoldMicroseconds);
    private static readonly Duration s_checkInterval = Duration.FromMilliseconds(10);
    private static readonly Duration s_quietInterval = Duration.FromMilliseconds(50);
    private static readonly Duration s_backlogRetry = Duration.FromMicroseconds(100);

    private static readonly NetworkSettings s_nothing = new();

    private readonly NetworkStack _stack;
    private readonly PacketBuffer[] _burst = new PacketBuffer[BurstSize];
    private readonly TransmitQueue _transmit;
    private readonly EthernetLayer _ethernet;
    private readonly NeighbourCache _neighbours;
    private readonly ArpLayer _arp;
    private readonly Ipv4Input _ipv4;
    private readonly IpOutput _output;
    private readonly IcmpLayer _icmp;
    private readonly Reassembler _reassembler;
    private readonly PacketInfo _info;

    // Both only wake the machine: the pass that follows looks after the link, or offers the backlog again.
    private readonly Timer _check;
    private readonly Timer _backlog;
    private INetworkDevice _device;
    private NetworkOffloads _offloads;
    private bool _passRequested;
    private Instant _checkDue;
    private Instant _compareDue;

    internal NetworkInterface(NetworkStack stack, int index, INetworkDevice device, PacketPool pool, InterfaceConfiguration configuration)
    {
        _stack = stack;
        _device = device;
        Index = index;
        Pool = pool;
        pool.StreamsAreShort = stack.Tcp.Shortage.Begin;
        Counters = device.Counters;
        _transmit = new TransmitQueue(device, Drops);
        _check = new Timer(stack.Timers);
        _backlog = new Timer(stack.Timers);
        _neighbours = new NeighbourCache(this, _transmit, stack);
        _arp = new ArpLayer(this, _transmit, _neighbours);
        _output = new IpOutput(this, stack, _neighbours, _transmit);
        _icmp = new IcmpLayer(this, _output);
        _info = new PacketInfo(this);
        Udp = new UdpLayer(this, _info, stack.Endpoints, _icmp, _output, _transmit);
        Tcp = new TcpLayer(this, _info, stack.Tcp, _output, _transmit);
        _reassembler = new Reassembler(stack, pool, Drops, Counters, ExpireFragments);
        _ipv4 = new Ipv4Input(this, _info, _icmp, Udp, Tcp, _reassembler);
        _ethernet = new EthernetLayer(Drops, _arp, _ipv4, _info);
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

    /// <summary>The first of <see cref="NameServers"/>; <c>default</c> if none is known.</summary>
    public IpAddress NameServer => NameServers.First;

    /// <summary>What the interface was told about its network; nothing unless <see cref="HasAddress"/>.</summary>
    internal NetworkSettings Settings { get; private set; } = s_nothing;

    /// <summary>What went wrong with DHCP servers; null for an interface that asks none.</summary>
    public DhcpTroubles? DhcpTroubles => Dhcp?.Troubles;

    /// <summary>Whether packets can come and go: the link is up, and an address is known that is good beyond it.</summary>
    public bool IsUsable => LinkUp && (HasAddress || HasGlobalIpv6Address);

    /// <summary>The largest packet that is sent, in bytes, IP header and all.</summary>
    public int Mtu { get; private set; }

    /// <summary>Where buffers for sending come from.</summary>
    internal PacketPool Pool { get; }

    /// <summary>What the device counts, of which copied and summed bytes are the stack's.</summary>
    internal PathCounters Counters { get; private set; }

    /// <summary>The device's address.</summary>
    internal MacAddress LinkAddress { get; private set; }

    /// <summary>Whether the link was up when the stack looked last.</summary>
    internal bool LinkUp { get; private set; }

    /// <summary>The time of the last pass.</summary>
    internal Instant Now { get; private set; }

    /// <summary>Who asks for the interface's address; null for one that has a fixed one.</summary>
    internal DhcpClient? Dhcp { get; private set; }

    /// <summary>UDP by this interface.</summary>
    internal UdpLayer Udp { get; }

    /// <summary>TCP by this interface.</summary>
    internal TcpLayer Tcp { get; }

    /// <inheritdoc/>
    public bool Poll(Instant now)
    {
        Now = now;
        _stack.Now = now;
        Span<PacketBuffer> burst = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(_burst), _burst.Length);
        int count = _device.Receive(burst);
        if (count != 0)
            _ethernet.Input(burst[..count]);

        // A pass with arrivals leaves the link to the next one without: a driver too sees to its device's health when it has nothing to deliver.
        // A machine that idles hears of its link by an interrupt, so the timer for that pass need not come often.
        bool again = count == burst.Length;
        if (count == 0 || now >= _checkDue)
            again |= CheckLink(now) | count != 0;
        if (count != 0 && !_check.IsStarted)
            _check.Start(now + s_quietInterval);
        ServeTimers(now);
        if (_transmit.Count == 0)
        {
            _backlog.Stop();
            return again;
        }

        // What a full ring did not take is offered again soon: the device interrupts for arrivals, not for room.
        _backlog.Start(_transmit.Flush() && _transmit.Count == 0 ? Instant.Never : now + s_backlogRetry);
        return again;
    }

    /// <summary>Hosted, where no run loop does it (NetworkInterface.Hosted.cs); nothing in the kernel.</summary>
    partial void ServeTimers(Instant now);

    /// <inheritdoc/>
    public bool Arm() => !_passRequested && (_transmit.Count == 0 || _backlog.IsStarted) && _device.Arm();

    /// <summary>Hands what was gathered to the device and tells it.</summary>
    public void Flush() => _transmit.Flush();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountCopied(int bytes) => Counters.Count(PathEvent.CopiedBytes, bytes);

    /// <summary>Flushes if frames have been held since the last pass for longer than <see cref="HoldMicroseconds"/>.</summary>
    public void FlushIfLate(Instant now)
    {
        if (now - Now > s_hold)
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
        _ipv4.Configure(address);
        InvalidateDestinations();
    }

    internal void Unconfigure()
    {
        Settings = s_nothing;
        Address = default;
        SetMtu(_device.Mtu);
        HasAddress = false;
        _ipv4.Unconfigure();
        _neighbours.ClearIpv4();
        InvalidateDestinations();
    }

    /// <summary>Lowers the MTU below the device's, as a DHCP server may ask; never above it.</summary>
    internal void SetMtu(int mtu)
    {
        Mtu = Math.Min(mtu, _device.Mtu);
        Udp.Configure(_offloads);
        Tcp.Configure(_offloads);
    }

    /// <summary>Asks for another pass before the machine idles, in which TCP sends the acknowledgements that no answer has carried.</summary>
    internal void RequestPass()
    {
        _checkDue = Now;
        _passRequested = true;
    }

    /// <summary>Says on the link, and to the stack, that the interface has its address now.</summary>
    internal void OnUsable()
    {
        _arp.Announce();
        _stack.OnUsable(this);
    }

    /// <summary>How many whole ICMP messages of a type have arrived, errors about our own packets among them.</summary>
    public long IcmpReceived(IcmpType type) => _icmp.Received(type);

    /// <summary>Whether the interface has a way to an address.</summary>
    internal bool Reaches(IpAddress address, out int prefixLength) => _output.Reaches(address, out prefixLength);

    /// <summary>The way to an address by this interface; null if there is none.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">Who sends: one of the interface's addresses, or unspecified for whichever suits.</param>
    internal Destination? FindDestination(IpAddress address, IpAddress source = default) => _output.FindDestination(address, source);

    /// <summary>Makes a destination of this interface, which leads nowhere yet.</summary>
    internal Destination MakeDestination() => _output.MakeDestination();

    /// <summary>Says that what destinations were made of has changed.</summary>
    internal void InvalidateDestinations() => _stack.Generation++;

    internal void OnLinkChange(Instant now)
    {
        Now = now;
        LinkUp = _device.LinkUp;
        InvalidateDestinations();
        SetLongestSent();
        if (!LinkUp)
        {
            Log.Warn(Name, $"link down");
            ForgetLink();
            return;
        }

        Log.Info(Name, $"link up");
        _stack.ForgetNames();
        ReadDevice();
        TellAllGroups(now);
        Ipv6?.Begin(now);
        if (Dhcp is not null)
            Dhcp.Start(now);
        else
            OnUsable();
    }

    private bool CheckLink(Instant now)
    {
        _checkDue = now + s_checkInterval;
        _passRequested = false;
        _stack.Tcp.SendDueAcknowledgements(now);
        bool worked = false;
        if (_device.LinkUp != LinkUp)
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
