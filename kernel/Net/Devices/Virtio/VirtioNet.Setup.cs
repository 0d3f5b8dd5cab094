using System;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Net.Devices;

// From a transport to a running card, its configuration, and back to running after the device went wrong.
public sealed partial class VirtioNet
{
    // struct virtio_net_config (virtio 1.2, 5.1.4)
    private const int mac = 0;
    private const int status = 6;
    private const int mtu = 10;

    private const int VIRTIO_NET_S_LINK_UP = 1;

    private const int DefaultMtu = 1500;
    private const int SmallestMtu = 68; // RFC 791
    private const int EthernetHeader = 14;
    private const int VlanTag = 4;
    private const int FrameOverhead = EthernetHeader + VlanTag;
    private const int FewestFrames = 2;

    /// <summary>Whether the transport has no interrupt.</summary>
    private bool _mustPoll;

    /// <summary>Starts a network card.</summary>
    /// <param name="transport">How it is reached; its counters carry the card's name.</param>
    /// <param name="pool">Where received frames go; up to half of it waits in the card's ring.</param>
    /// <returns>Null, with the reason on the console, if the device cannot be used.</returns>
    public static VirtioNet? TryCreate(VirtioTransport transport, PacketPool pool)
    {
        VirtioDevice device = new(transport, QueueCount);
        if (!device.TryBegin((ulong)VirtioNetFeatures.Wanted, Usable))
            return null;
        bool interrupts = transport.ConnectInterruptsOrWarn();
        Virtqueue? receive = device.TryCreateQueue(ReceiveQueue, MostDescriptors);
        Virtqueue? transmit = receive is null ? null : device.TryCreateQueue(TransmitQueue, MostDescriptors);
        if (receive is null || transmit is null)
            return null;
        int offeredMtu = ReadMtu(device);
        VirtioNet card = new(device, pool, receive, transmit, mustPoll: !interrupts, offeredMtu);
        if (card.Mtu != offeredMtu)
            Log.Warn(card.Name, $"offers an MTU of {offeredMtu}, more than its rings or the pool hold; {card.Mtu} is used");
        card.ReadConfiguration();
        device.Start();
        card.Run();
        return card;
    }

    /// <summary>Leaves out what needs something else that is not offered.</summary>
    private static ulong Usable(ulong offered)
    {
        VirtioNetFeatures features = (VirtioNetFeatures)offered;
        if ((features & VirtioNetFeatures.Checksum) == 0)
            features &= ~VirtioNetFeatures.NeedChecksum;
        if ((features & VirtioNetFeatures.GuestChecksum) == 0 || (features & VirtioNetFeatures.MergedReceive) == 0)
            features &= ~VirtioNetFeatures.NeedGuestChecksum;
        return (ulong)features;
    }

    /// <summary>Starts the card that has come where this one was, with what this one had.</summary>
    /// <param name="pool">Where received frames go now.</param>
    /// <returns>False if it is another kind of card, or the pool is larger or smaller than the one before.</returns>
    public bool TryReturn(PacketPool pool)
    {
        if (_state == VirtioNetState.Lost || pool.Count != _pool.Count || !_transport.TryReturn() || !_device.TryReturn() || ReadMtu(_device) != _offeredMtu)
            return false;
        _mustPoll = !_transport.ConnectInterruptsOrWarn();
        if (!_device.TryRestartQueues())
            return false;
        _pool = pool;
        ReadConfiguration();
        _device.Start();
        Run();
        return true;
    }

    private bool ReceivesSegments =>
        _device.Has((ulong)VirtioNetFeatures.GuestTso4) || _device.Has((ulong)VirtioNetFeatures.GuestTso6);

    private static int ReadMtu(VirtioDevice device)
    {
        if (!device.Has((ulong)VirtioNetFeatures.Mtu))
            return DefaultMtu;
        int offered = device.Transport.ReadConfiguration16(mtu);
        if (offered >= SmallestMtu)
            return offered;
        Log.Warn(device.Transport.Counters.Name, $"offers an MTU of {offered}; {DefaultMtu} is used");
        return DefaultMtu;
    }

    /// <summary>How many pages a receive request has: one where the device merges as many requests as a frame needs, else what the longest
    /// frame needs (5.1.6.3.1), as far as ring and pool hold a few such requests.</summary>
    private int RequestPages(int mtu)
    {
        int pages = _merges ? 1 : (PacketBuffer.Headroom + FrameOverhead + mtu + PacketBuffer.Capacity - 1) / PacketBuffer.Capacity;
        while (pages > 1 && ReceiveTarget(pages, pages + (_headerApart ? 1 : 0)) < FewestFrames)
            pages--;
        return pages;
    }

    /// <summary>How many receive requests the ring is to hold: what it has room for, and no more than half of the pool.</summary>
    private int ReceiveTarget(int pages, int descriptors)
    {
        int target = Math.Min(_receive.Size / descriptors, MostDescriptors);
        while (target * pages > _pool.Count / 2 && target > 1)
            target /= 2;
        return target;
    }

    /// <summary>The longest packet that both rings can carry: several such arrivals at once, and one of them to send.</summary>
    private int LongestMtu()
    {
        const int Page = PacketBuffer.Capacity - PacketBuffer.Headroom;
        int received = _merges
            ? _receiveTarget / FewestFrames * Page
            : Page + ((_requestPages - 1) * PacketBuffer.Capacity);
        int sent = (Math.Min(MostPieces, _transmit.Size) - (_headerApart ? 1 : 0)) * Page;
        return Math.Max(Math.Min(received, sent), Page) - FrameOverhead; // a lone buffer each way carries a page
    }

    private void Run()
    {
        _state = VirtioNetState.Polled;
        _full = false;
        _linkCameUp = false;
        _interruptsAtProgress = _counters.Own(PathEvent.Interrupt);
        Refill();
        LinkUp = ReadLink();
    }

    private void ReadConfiguration()
    {
        Address = _device.Has((ulong)VirtioNetFeatures.Mac) ? ReadAddress() : InventAddress();
        Offloads = NetworkOffloads.None;
        if (_device.Has((ulong)VirtioNetFeatures.Checksum))
            Offloads |= NetworkOffloads.TransmitChecksum | NetworkOffloads.TransmitChecksumIpv6;
        if (_device.Has((ulong)VirtioNetFeatures.GuestChecksum))
            Offloads |= NetworkOffloads.ReceiveChecksum;
        if (_merges)
            Offloads |= NetworkOffloads.MergedReceive;
        if (_device.Has((ulong)VirtioNetFeatures.HostTso4))
            Offloads |= NetworkOffloads.SegmentationTcp4;
        if (_device.Has((ulong)VirtioNetFeatures.HostTso6))
            Offloads |= NetworkOffloads.SegmentationTcp6;
        if (ReceivesSegments)
            Offloads |= NetworkOffloads.ReceiveSegments;
    }

    private MacAddress ReadAddress()
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = _transport.ReadConfiguration8(mac + i);
        return MacAddress.Read(bytes);
    }

    /// <summary>A locally administered address from the card's name (5.1.5, item 5): the same at each boot.</summary>
    private MacAddress InventAddress()
    {
        ulong hash = 14695981039346656037; // FNV-1a
        foreach (char c in Name)
            hash = (hash ^ c) * 1099511628211;
        return new(0x0200_0000_0000 | (hash & 0x00ff_ffff_ffff));
    }

    private bool ReadLink() =>
        !_device.Has((ulong)VirtioNetFeatures.Status) || (_transport.ReadConfiguration16(status) & VIRTIO_NET_S_LINK_UP) != 0;

    private void TakeConfigurationChange()
    {
        if (!IsRunning)
            return;
        _transport.ConfigurationChanged = false;
        if (_device.NeedsReset)
        {
            Log.Warn(Name, $"asks for a reset");
            Recover();
            return;
        }

        bool up = ReadLink();
        _linkCameUp |= up && !LinkUp;
        LinkUp = up;
    }

    /// <summary>Tells the device of the first frame after its link came up, whatever it asked for. QEMU drops what was being sent when the
    /// link went down, and with a packed ring goes on asking to be told of that: everything behind it would wait for ever (7.2,
    /// virtio_net_drop_tx_queue_data).</summary>
    private void TellAfterLinkUp()
    {
        if (_transmit.InFlight == 0)
            return;
        _linkCameUp = false;
        _transport.Tell(_transmit);
    }

    private void RecoverFromViolation()
    {
        _counters.Count(PathEvent.Violation);
        if (_state == VirtioNetState.Refused)
            Log.Warn(Name, $"delivered a frame whose header makes no sense");
        else
            WarnOf(_receive.Violation != VirtqueueViolation.None ? _receive : _transmit);
        Recover();
    }

    private void RecoverFromStorm()
    {
        _interruptsAtProgress = _counters.Own(PathEvent.Interrupt);
        _counters.Count(PathEvent.Violation);
        Log.Warn(Name, $"interrupted {StormThreshold} times about nothing");
        Recover();
    }

    private void WarnOf(Virtqueue queue) => Log.Warn(Name, $"broke queue {queue.Index}: it {queue.Violation.Describe()}");

    private void Recover()
    {
        _counters.Count(PathEvent.Reset);
        if (TryStop() && _device.TryRestart(_counters[PathEvent.Received]))
            Run();
    }

    /// <inheritdoc/>
    public void Withdraw() => TryStop();

    /// <summary>Resets the device and takes back what it had.</summary>
    private bool TryStop()
    {
        LinkUp = false;
        for (; _stocked != 0; _stocked--)
            _pool[_stock[(_stockHead + _stocked - 1) & (_stock.Length - 1)].Name].Release();
        bool stopped = _device.TryReset();
        _state = stopped ? VirtioNetState.Stopped : VirtioNetState.Lost;
        if (!stopped)
            return false;
        TakeBack(_receive);
        TakeBack(_transmit);
        return true;
    }

    private void TakeBack(Virtqueue queue)
    {
        for (int id = 0; id < queue.Size; id++)
        {
            int name = queue.InFlightAt(id);
            if (name >= 0)
                _pool[name].Release();
        }

        queue.Reset();
    }
}
