using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pv.Xen;
using static Guest.Net.Devices.NetFrontRing;

namespace Guest.Net.Devices;

/// <summary>The front end of Xen's paravirtual network device (io/netif.h): two rings of requests and responses shared with a back end,
/// usually Linux's xen-netback in the first domain.</summary>
/// <remarks>
/// Every buffer of the pool is granted to the back end once, when the device connects, and stays so: a packet costs no grant
/// operation. A request's id is its buffer's index in the pool. The back end answers receive requests in order, so their ids say nothing
/// that this side does not know; for what is sent they are looked up. Both are checked. The back end can write to a granted buffer at any time, in the application's hands too: what must not
/// change after it was checked has to be copied first.
/// </remarks>
public sealed unsafe partial class NetFront : XenFrontend, INetworkDevice, IInterruptHandler
{
    /// <summary>Events in a row, each without any work, after which the back end is held to be hostile.</summary>
    private const int StormLimit = 1000;

    private static readonly Duration s_retry = Duration.FromSeconds(1);

    /// <summary>Slots in each ring: what 12-byte and 8-byte slots leave of a page, as a power of two.</summary>
    private const int RingSlots = 256;

    /// <summary>The largest part of a small pool that one of the two rings keeps only to work in larger bursts.</summary>
    private const int SlackShareOfPool = 8;

    private const int MostSlack = 64;

    private const int UsualMtu = 1500;

    /// <summary>The largest packet that one buffer holds, for a back end that gathers none from several.</summary>
    private const int MostInOneBuffer = PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeaderSize;
    private const int EthernetHeaderSize = 14;

    private readonly PacketPool _pool;
    private readonly uint[] _grants;
    private readonly XenStoreChange _writeKeys;
    private readonly RingPages _transmitPages;
    private readonly RingPages _receivePages;
    private int _transmitPort;
    private int _receivePort;
    private ushort _grantedTo;
    private PacketBuffer? _aside;
    private readonly Timer _retry;
    private uint _ownMtu;
    private bool _splitsChannels;
    private bool _offersQueues;
    private bool _up;
    private bool _interrupted;
    private bool _receiveStarved;
    private bool _told;
    private int _idleEvents;

    /// <summary>A front end for <c>device/vif/INDEX</c>.</summary>
    public NetFront(XenDomain domain, int index, string name, PacketPool pool)
        : base(domain, "vif", index, name)
    {
        _pool = pool;
        _grants = new uint[pool.Count];
        _writeKeys = WriteKeys;
        _retry = new Timer(domain.Timers, OnRetry);
        _transmitPages = new RingPages(domain, 1, Counters);
        _receivePages = new RingPages(domain, 1, Counters);
        _transmitting = new bool[pool.Count];
        _receiveTarget = Math.Min(RingSlots, pool.Count / 2);
        _transmitSlack = Math.Clamp(pool.Count / SlackShareOfPool, 1, MostSlack);
        // Refilled before what was sent is taken back: what was sent then is taken into the ring without the pool between.
        _receiveRefill = (uint)(_receiveTarget - Math.Max(1, _transmitSlack / 2));
        ReadOwnKeys();
    }

    /// <inheritdoc/>
    public MacAddress Address { get; private set; }

    /// <inheritdoc/>
    public int Mtu { get; private set; } = UsualMtu;

    /// <inheritdoc/>
    public NetworkOffloads Offloads { get; private set; }

    /// <inheritdoc/>
    public bool LinkUp { get; private set; }

    /// <summary>The pool that its buffers come from.</summary>
    public PacketPool Pool => _pool;

    /// <summary>Buffers whose grants the back end has not given up since the last disconnection.</summary>
    public int KeptAside { get; private set; }

    /// <inheritdoc/>
    public bool Arm()
    {
        if (!_up)
            return true;
        // Threads may have released buffers since the ring was last filled.
        if (_receive.Arm() || (_receiveStarved && _pool.Available != 0))
            return false;
        return _transmitReap == _transmitSlack || !_transmit.Arm();
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        _interrupted = true;
        return true;
    }

    /// <inheritdoc/>
    protected override void OnAppeared() => ReadOwnKeys();

    /// <inheritdoc/>
    protected override bool TryConnect()
    {
        if (Offered("feature-rx-copy") == 0)
        {
            if (TellsFailures)
                Log.Warn(Name, $"the back end cannot copy into granted pages");
            return false;
        }

        ReadOwnKeys();
        _splitsChannels = Offered("feature-split-event-channels") == 1;
        _offersQueues = Offered("multi-queue-max-queues") != 0;
        Offloads = NetworkOffloads.ReceiveChecksum | NetworkOffloads.MergedReceive;
        if (Offered("feature-no-csum-offload") == 0)
            Offloads |= NetworkOffloads.TransmitChecksum;
        _gathers = Offered("feature-sg") == 1;
        SetMtu(_ownMtu != 0 ? _ownMtu : Offered("mtu"));
        if (!_gathers)
            Mtu = Math.Min(Mtu, MostInOneBuffer);
        if (!TryGrantBuffers() || !TryMakeRings() || !TryMakeChannels(_splitsChannels))
        {
            Disconnect();
            return false;
        }

        // Everything is granted and armed before the back end can learn where it is.
        _up = true;
        Refill();
        _receive.Publish();
        if (Store.Transact(_writeKeys) == XenStoreStatus.Done)
            return true;
        Disconnect();
        return false;
    }

    /// <inheritdoc/>
    protected override void Disconnect()
    {
        _up = false;
        LinkUp = false;
        CloseChannel(ref _transmitPort);
        CloseChannel(ref _receivePort);
        _transmitPages.TryEnd();
        _receivePages.TryEnd();
        for (int i = 0; i < _transmitting.Length; i++)
        {
            if (_transmitting[i])
                TakeBack(_pool[i]);
            _transmitting[i] = false;
        }

        for (; _receive.ResponseConsumer != _receive.RequestProducer; _receive.ResponseConsumer++)
            TakeBack(_pool[_receiving.Buffer[(byte)_receive.ResponseConsumer]]);
        for (int i = 0; i < _grants.Length; i++)
            TryEndGrant(i);
        // A back end lets go of the rings only after this side said Closed, so something is always left for later.
        _retry.Start(Domain.Now + s_retry);
    }

    /// <inheritdoc/>
    protected override void OnBackendChanged()
    {
        bool carrier = Store.ReadNumber($"{Backend}/carrier", out uint value) != XenStoreStatus.Done || value != 0;
        bool connected = Offered("state") == (uint)XenBusState.Connected;
        // Last: the back end may be refused while the store is asked.
        LinkUp = carrier && connected && _up;
    }

    private void OnRetry(Instant now)
    {
        PacketBuffer? rest = _aside;
        _aside = null;
        KeptAside = 0;
        while (rest is not null)
        {
            PacketBuffer? next = rest.Next;
            rest.Next = null;
            TakeBack(rest);
            rest = next;
        }

        bool rings = _transmitPages.TryEndEarlier() & _receivePages.TryEndEarlier();
        _retry.Start(KeptAside == 0 && rings ? Instant.Never : now + s_retry);
        if (KeptAside != 0 && !_told)
            Log.Warn(Name, $"the back end still holds {KeptAside} buffers: kept aside");
        _told = KeptAside != 0;
    }

    private void Refuse(string why)
    {
        _up = false;
        LinkUp = false;
        Break(why);
    }

    /// <summary>Counts an event that brought nothing, and refuses a back end that sends little else.</summary>
    private void OnEventWithoutWork()
    {
        Counters.Count(PathEvent.SpuriousInterrupt);
        if (++_idleEvents >= StormLimit)
            Refuse("a storm of events without work");
    }

    private void ReadOwnKeys()
    {
        Span<byte> text = stackalloc byte[17];
        if (Store.Read($"device/vif/{Index}/mac", text, out int length) == XenStoreStatus.Done
            && TryParseAddress(text[..length], out MacAddress address))
            Address = address;
        else
            Log.Warn(Name, $"its address cannot be read");
        if (Store.ReadNumber($"device/vif/{Index}/mtu", out _ownMtu) != XenStoreStatus.Done)
            _ownMtu = 0;
        SetMtu(_ownMtu);
    }

    /// <summary>Takes what the store says, if that can be an MTU (RFC 791: 68 at least).</summary>
    private void SetMtu(uint mtu) => Mtu = mtu is >= 68 and <= 65535 ? (int)mtu : UsualMtu;

    private static bool TryParseAddress(ReadOnlySpan<byte> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17)
            return false;
        ulong bits = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i % 3 == 2)
            {
                if (text[i] != (byte)':')
                    return false;
                continue;
            }

            int digit = text[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => text[i] - '0',
                >= (byte)'a' and <= (byte)'f' => text[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => text[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            bits = (bits << 4) | (uint)digit;
        }

        address = new MacAddress(bits);
        return true;
    }

    private bool WriteKeys(XenStore store, uint transaction)
    {
        bool done = WriteKey(store, "tx-ring-ref", _transmitPages[0], transaction)
            && WriteKey(store, "rx-ring-ref", _receivePages[0], transaction)
            && WriteKey(store, "request-rx-copy", 1, transaction)
            && WriteKey(store, "feature-rx-notify", 1, transaction)
            && WriteKey(store, "feature-sg", 1, transaction)
            && WriteKey(store, "feature-gso-tcpv4", 1, transaction)
            && WriteKey(store, "feature-gso-tcpv6", 1, transaction)
            && WriteKey(store, "feature-ipv6-csum-offload", 1, transaction);
        // One queue is written without the queue-N level, whether or not more were offered.
        if (_offersQueues)
            done = done && WriteKey(store, "multi-queue-num-queues", 1, transaction);
        if (!_splitsChannels)
            return done && WriteKey(store, "event-channel", (uint)_transmitPort, transaction);
        return done && WriteKey(store, "event-channel-tx", (uint)_transmitPort, transaction)
            && WriteKey(store, "event-channel-rx", (uint)_receivePort, transaction);
    }

    private bool WriteKey(XenStore store, string key, uint value, uint transaction) =>
        store.Write($"device/vif/{Index}/{key}", $"{value}", transaction) == XenStoreStatus.Done;

    private bool TryMakeChannels(bool split)
    {
        _interrupted = false;
        _idleEvents = 0;
        _transmitPort = Math.Max(Domain.Events.Allocate(BackendDomain, this, Counters), 0);
        _receivePort = split ? Math.Max(Domain.Events.Allocate(BackendDomain, this, Counters), 0) : _transmitPort;
        return _transmitPort != 0 && _receivePort != 0;
    }

    private void CloseChannel(ref int port)
    {
        bool shared = _transmitPort == _receivePort;
        if (port != 0)
            Domain.Events.Close(port, Counters);
        port = 0;
        if (shared)
            _receivePort = _transmitPort;
    }

    private bool TryMakeRings()
    {
        if (!_transmitPages.TryGrant(BackendDomain, 1) || !_receivePages.TryGrant(BackendDomain, 1))
        {
            if (TellsFailures)
                Log.Warn(Name, $"no page can be granted for a ring; back ends still hold {_transmitPages.Held + _receivePages.Held}");
            return false;
        }

        _transmit.Initialize(_transmitPages.Memory);
        _receive.Initialize(_receivePages.Memory);
        _transmitReap = _transmitSlack;
        return true;
    }

    /// <summary>Grants every buffer of the pool that is not granted to this back end yet.</summary>
    private bool TryGrantBuffers()
    {
        if (_grantedTo != BackendDomain)
        {
            for (int i = 0; i < _grants.Length; i++)
            {
                if (TryEndGrant(i))
                    continue;
                if (TellsFailures)
                    Log.Warn(Name, $"domain {_grantedTo}, where its back end was, still holds buffers");
                return false;
            }

            _grantedTo = BackendDomain;
        }

        for (int i = 0; i < _grants.Length; i++)
        {
            if (_grants[i] == 0)
                _grants[i] = Domain.Grants.Grant(BackendDomain, _pool[i].Page, readOnly: false, Counters);
            if (_grants[i] == 0)
            {
                if (TellsFailures)
                    Log.Warn(Name, $"the grant table is full");
                return false;
            }
        }

        return true;
    }

    private bool TryEndGrant(int index)
    {
        if (_grants[index] == 0)
            return true;
        if (!Domain.Grants.TryEnd(_grants[index], Counters))
            return false;
        _grants[index] = 0;
        return true;
    }

    /// <summary>Gives a buffer that was in a ring back to the pool, or keeps it aside while the back end still has it mapped: whoever took it
    /// from the pool would see it change.</summary>
    private void TakeBack(PacketBuffer buffer)
    {
        if (TryEndGrant(buffer.Index))
        {
            buffer.Release();
            return;
        }

        buffer.Next = _aside;
        _aside = buffer;
        KeptAside++;
    }
}
