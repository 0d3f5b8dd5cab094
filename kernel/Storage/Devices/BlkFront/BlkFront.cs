using System;
using System.Numerics;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pv.Xen;
using static Guest.Storage.Devices.BlkFrontRing;

namespace Guest.Storage.Devices;

/// <summary>The front end of Xen's paravirtual disk (io/blkif.h): a ring of requests and responses shared with a back end, usually Linux's
/// xen-blkback in the first domain. This part connects and disconnects; the others move requests and responses.</summary>
/// <remarks>
/// Applications' buffers are granted page by page when they are first used and stay so (persistent grants): nothing is copied and a
/// request costs no grant operation. The back end can therefore write to such a buffer at any time, in the application's hands
/// too: what must not change after it was checked has to be copied first. What was in flight when the back end went away comes back
/// as <see cref="BlockStatus.Reset"/>, and <see cref="BlockQueue"/> submits it to the next connection.
/// </remarks>
public sealed unsafe partial class BlkFront : XenFrontend, IBlockDevice, IInterruptHandler
{
    /// <summary>Ring pages and, with them, requests in flight: two pages of 112-byte slots hold 64.</summary>
    private const int MostRingPages = 2;
    private const int MostSlots = 64;

    private static readonly Duration s_retry = Duration.FromSeconds(1);

    private readonly BlkFrontGrants _grants;
    private readonly RingPages _ringPages;
    private readonly XenStoreChange _writeKeys;
    private int _pagesInRing;
    private int _port;
    private ushort _handle;
    private bool _up;
    private readonly Timer _retry;

    /// <summary>A front end for <c>device/vbd/INDEX</c>.</summary>
    public BlkFront(XenDomain domain, int index, string name)
        : base(domain, "vbd", index, name)
    {
        _handle = (ushort)index;
        _grants = new BlkFrontGrants(domain, Counters);
        _ringPages = new RingPages(domain, MostRingPages, Counters);
        _writeKeys = WriteKeys;
        _retry = new Timer(domain.Timers, OnRetry);
        _readAgain = new Timer(domain.Timers, _ => ReadAgain());
    }

    /// <summary>Whether nobody can reach the disk through the queue before it any more: then this front end, once vacant, may become another
    /// disk's. Set by whoever offers disks.</summary>
    internal bool IsReleased { get; set; }

    /// <inheritdoc/>
    public BlockIdentity Identity { get; } = new("Xen virtual block device"u8);

    /// <inheritdoc/>
    public BlockDeviceState State =>
        _up ? BlockDeviceState.Ready : _isAnother ? BlockDeviceState.Gone : BlockDeviceState.Away;

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        _interrupted = true;
        return true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // The ring cannot be brought back from this side alone: it is given up, and the bus connects anew.
        _up = false;
        Break("a request was not answered in time");
    }

    /// <inheritdoc/>
    public override bool MayServe(int index) => index == Index || IsReleased || !_isKnown;

    /// <inheritdoc/>
    protected override void OnAppeared()
    {
        if (_handle == (ushort)Index && !IsReleased)
            return;
        _handle = (ushort)Index;
        _isKnown = false;
        _isAnother = false;
        _mayKeepMapped = true;
        IsReleased = false;
    }

    /// <inheritdoc/>
    protected override bool TryConnect()
    {
        uint order = Offered("max-ring-page-order");
        _pagesInRing = order >= 1 ? MostRingPages : 1;
        _grants.Prepare(BackendDomain);
        _indirectPages = (int)Math.Min(Offered("feature-max-indirect-segments"), IndirectSegmentsPerPage) > DirectSegments ? 1 : 0;
        if (!TryMakeRing())
        {
            Disconnect();
            return false;
        }

        if (Store.Transact(_writeKeys) == XenStoreStatus.Done)
            return true;
        Disconnect();
        return false;
    }

    /// <inheritdoc/>
    protected override void Disconnect()
    {
        _up = false;
        if (_port != 0)
            Domain.Events.Close(_port, Counters);
        _port = 0;
        for (int i = 0; i < _inFlight.Length; i++)
        {
            if (_inFlight[i] is { } request)
                Return(request, BlockStatus.Reset);
            _inFlight[i] = null;
        }

        // A back end lets go of the ring and the buffers only after this side said Closed.
        _retry.Start(_ringPages.TryEnd() & _grants.TryEndAll() ? Instant.Never : Domain.Now + s_retry);
    }

    private void OnRetry(Instant now) =>
        _retry.Start(_ringPages.TryEndEarlier() & (Connected || _grants.TryEndAll()) ? Instant.Never : now + s_retry);

    private bool WriteKeys(XenStore store, uint transaction)
    {
        bool done = WriteKey(store, "event-channel", (uint)_port, transaction)
            && WriteKey(store, "feature-persistent", _mayKeepMapped ? 1u : 0, transaction)
            && store.Write($"device/vbd/{Index}/protocol", $"x86_64-abi", transaction) == XenStoreStatus.Done;

        // All of them, whatever this back end reads: those of the connection before must not stand. One that knows of one page reads ring-ref.
        return done && WriteKey(store, "ring-page-order", (uint)BitOperations.Log2((uint)_pagesInRing), transaction)
            && WriteKey(store, "ring-ref", _ringPages[0], transaction)
            && WriteKey(store, "ring-ref0", _ringPages[0], transaction)
            && (_pagesInRing == 1 || WriteKey(store, "ring-ref1", _ringPages[1], transaction));
    }

    private bool WriteKey(XenStore store, string key, uint value, uint transaction) =>
        store.Write($"device/vbd/{Index}/{key}", $"{value}", transaction) == XenStoreStatus.Done;

    private bool TryMakeRing()
    {
        if (!_ringPages.TryGrant(BackendDomain, _pagesInRing))
        {
            if (TellsFailures)
                Log.Warn(Name, $"no pages can be granted for a ring; back ends still hold {_ringPages.Held}");
            return false;
        }

        _ring.Initialize(_ringPages.Memory, _pagesInRing);
        _depth = Math.Min(_ring.Size, MostSlots);
        _freeIds = ulong.MaxValue >> (64 - _depth);
        _interrupted = false;
        if (_indirectPages != 0 && !TryGrantIndirect())
            return false;
        _port = Math.Max(Domain.Events.Allocate(BackendDomain, this, Counters), 0);
        return _port != 0;
    }

    private bool TryGrantIndirect()
    {
        for (int i = 0; i < _depth; i++)
        {
            if (_indirect[i] == null)
                _indirect[i] = DeviceMemory.AllocatePages(1);
            if (_grants.Hold(BackendDomain, _indirect[i]) == 0 && !(TryEvict() && _grants.Hold(BackendDomain, _indirect[i]) != 0))
                return false;
        }

        return true;
    }
}
