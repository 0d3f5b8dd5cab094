using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Net.Devices;

/// <summary>The front end of Xen's paravirtual network device (io/netif.h): two rings of requests and responses shared with a back end,
/// usually Linux's xen-netback in the first domain.</summary>
/// <remarks>
/// Every buffer of the pool is granted to the back end once, when the device connects, and stays so: a packet costs no grant
/// operation. A request's id is its buffer's index in the pool. The back end answers receive requests in order, so their ids say nothing
/// that this side does not know; for what is sent they are looked up. Both are checked. The back end can write to a granted buffer at any time, in the application's hands too: what must not
/// change after it was checked has to be copied first.
/// </remarks>
public sealed unsafe class NetFront : XenFrontend, INetworkDevice, IInterruptHandler
{
    private static readonly Duration s_retry = Duration.FromSeconds(1);

    /// <summary>The largest part of a small pool that one of the two rings keeps only to work in larger bursts.</summary>
    private const int SlackShareOfPool = 8;

    private const int MostSlack = 64;

    /// <summary>The largest packet that one buffer holds, for a back end that gathers none from several.</summary>
    private const int MostInOneBuffer = PacketBuffer.Capacity - PacketBuffer.Headroom - EthernetHeaderSize;
    private const int EthernetHeaderSize = 14;

    private readonly NetFrontGrants _grants;
    private readonly NetFrontTransmitter _transmitter;
    private readonly NetFrontReceiver _receiver;
    private readonly RingPages _transmitPages;
    private readonly RingPages _receivePages;
    private readonly XenStoreChange _writeKeys;
    private readonly Timer _retry;
    private NetFrontChannels _channels;
    private uint _ownMtu;
    private bool _splitsChannels;
    private bool _offersQueues;

    /// <summary>A front end for <c>device/vif/INDEX</c>.</summary>
    public NetFront(XenDomain domain, int index, string name, PacketPool pool)
        : base(domain, "vif", index, name)
    {
        Pool = pool;
        int slack = Math.Clamp(pool.Count / SlackShareOfPool, 1, MostSlack);
        _grants = new NetFrontGrants(domain, pool, Counters);
        _transmitter = new NetFrontTransmitter(this, domain.Events, _grants, slack);
        _receiver = new NetFrontReceiver(this, domain.Events, _grants, _transmitter, slack);
        _transmitPages = new RingPages(domain, 1, Counters);
        _receivePages = new RingPages(domain, 1, Counters);
        _writeKeys = WriteKeys;
        _retry = new Timer(domain.Timers, OnRetry);
        ReadOwnKeys();
    }

    /// <inheritdoc/>
    public MacAddress Address { get; private set; }

    /// <inheritdoc/>
    public int Mtu { get; private set; }

    /// <inheritdoc/>
    public NetworkOffloads Offloads { get; private set; }

    /// <inheritdoc/>
    public bool LinkUp { get; private set; }

    /// <summary>The pool that its buffers come from.</summary>
    public PacketPool Pool { get; }

    /// <summary>Buffers whose grants the back end has not given up since the last disconnection.</summary>
    public int KeptAside => _grants.KeptAside;

    /// <summary>Whether there is a connection, whose back end was not refused.</summary>
    internal bool IsUp { get; private set; }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more) => IsUp ? _transmitter.Send(burst, more) : Drop(burst);

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst) => IsUp && _receiver.HasWork ? _receiver.Receive(burst) : 0;

    /// <inheritdoc/>
    public bool Arm()
    {
        if (!IsUp)
            return true;
        // Threads may have released buffers since the ring was last filled.
        NetFrontReceiver receiver = _receiver;
        if (receiver.Ring.Arm() || (receiver.IsStarved && Pool.Available != 0))
            return false;
        NetFrontTransmitter transmitter = _transmitter;
        return !transmitter.IsShort || !transmitter.Ring.Arm();
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        _receiver.Interrupted = true;
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
        bool gathers = Offered("feature-sg") == 1;
        Offloads = OfferedOffloads(gathers);
        Mtu = NetFrontKeys.MtuOf(_ownMtu != 0 ? _ownMtu : Offered("mtu"));
        if (!gathers)
            Mtu = Math.Min(Mtu, MostInOneBuffer);
        if (!_grants.TryGrantAll(BackendDomain, TellsFailures) || !TryGrantRings() || !_channels.TryOpen(Domain, BackendDomain, this, Counters, _splitsChannels))
        {
            Disconnect();
            return false;
        }

        // Everything is granted and armed before the back end can learn where it is.
        IsUp = true;
        _transmitter.Start(_transmitPages.Memory, _channels.TransmitPort, gathers);
        _receiver.Start(_receivePages.Memory, _channels.ReceivePort);
        if (Store.Transact(_writeKeys) == XenStoreStatus.Done)
            return true;
        Disconnect();
        return false;
    }

    private NetworkOffloads OfferedOffloads(bool gathers)
    {
        NetworkOffloads offloads = NetworkOffloads.ReceiveChecksum | NetworkOffloads.MergedReceive | NetworkOffloads.ReceiveSegments;
        if (Offered("feature-no-csum-offload") != 0)
            return offloads;
        offloads |= NetworkOffloads.TransmitChecksum;
        if (gathers && Offered("feature-gso-tcpv4") == 1)
            offloads |= NetworkOffloads.SegmentationTcp4;
        if (Offered("feature-ipv6-csum-offload") != 1)
            return offloads;
        offloads |= NetworkOffloads.TransmitChecksumIpv6;
        if (gathers && Offered("feature-gso-tcpv6") == 1)
            offloads |= NetworkOffloads.SegmentationTcp6;
        return offloads;
    }

    /// <inheritdoc/>
    protected override void Disconnect()
    {
        IsUp = false;
        LinkUp = false;
        _channels.Close(Domain, Counters);
        _transmitPages.TryEnd();
        _receivePages.TryEnd();
        _transmitter.Stop(_grants);
        _receiver.Stop(_grants);
        _grants.TryEndAll();
        // A back end lets go of the rings only after this side said Closed, so something is always left for later.
        _retry.Start(Domain.Now + s_retry);
    }

    /// <inheritdoc/>
    protected override void OnBackendChanged()
    {
        bool carrier = Store.ReadNumber($"{Backend}/carrier", out uint value) != XenStoreStatus.Done || value != 0;
        bool connected = Offered("state") == (uint)XenBusState.Connected;
        // Last: the back end may be refused while the store is asked.
        LinkUp = carrier && connected && IsUp;
    }

    private void OnRetry(Instant now)
    {
        bool buffers = _grants.TryReleaseAside();
        bool rings = _transmitPages.TryEndEarlier() & _receivePages.TryEndEarlier();
        _retry.Start(buffers && rings ? Instant.Never : now + s_retry);
    }

    /// <summary>Without rings, what is sent is lost, as on a cable that is not plugged in.</summary>
    private int Drop(ReadOnlySpan<PacketBuffer> burst)
    {
        foreach (PacketBuffer buffer in burst)
            buffer.Release();
        Counters.Count(PathEvent.Overrun, burst.Length);
        return burst.Length;
    }

    /// <summary>Refuses to go on with the back end because of what it did.</summary>
    internal void Refuse(string why)
    {
        IsUp = false;
        LinkUp = false;
        Break(why);
    }

    /// <summary>Refuses to go on with the back end because of a response.</summary>
    /// <returns>False.</returns>
    internal bool RefuseResponse(string why)
    {
        Refuse(why);
        return false;
    }

    private void ReadOwnKeys()
    {
        if (NetFrontKeys.TryReadAddress(Store, Index, out MacAddress address))
            Address = address;
        else
            Log.Warn(Name, $"its address cannot be read");
        _ownMtu = NetFrontKeys.ReadMtu(Store, Index);
        Mtu = NetFrontKeys.MtuOf(_ownMtu);
    }

    private bool WriteKeys(XenStore store, uint transaction)
    {
        bool done = NetFrontKeys.Write(store, Index, "tx-ring-ref", _transmitPages[0], transaction)
            && NetFrontKeys.Write(store, Index, "rx-ring-ref", _receivePages[0], transaction)
            && NetFrontKeys.WriteFeatures(store, Index, transaction);
        // One queue is written without the queue-N level, whether or not more were offered.
        if (_offersQueues)
            done = done && NetFrontKeys.Write(store, Index, "multi-queue-num-queues", 1, transaction);
        if (!_splitsChannels)
            return done && NetFrontKeys.Write(store, Index, "event-channel", (uint)_channels.TransmitPort, transaction);
        return done && NetFrontKeys.Write(store, Index, "event-channel-tx", (uint)_channels.TransmitPort, transaction)
            && NetFrontKeys.Write(store, Index, "event-channel-rx", (uint)_channels.ReceivePort, transaction);
    }

    private bool TryGrantRings()
    {
        if (_transmitPages.TryGrant(BackendDomain, 1) && _receivePages.TryGrant(BackendDomain, 1))
            return true;
        if (TellsFailures)
            Log.Warn(Name, $"no page can be granted for a ring; back ends still hold {_transmitPages.Held + _receivePages.Held}");
        return false;
    }
}
