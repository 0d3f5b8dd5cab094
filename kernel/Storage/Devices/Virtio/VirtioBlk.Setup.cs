using System;
using System.Numerics;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Virtio;

namespace Guest.Storage.Devices;

// From a transport to a running disk, its configuration, and back to running after the device went wrong.
public sealed partial class VirtioBlk
{
    // struct virtio_blk_config (virtio 1.2, 5.2.4)
    private const int capacity = 0;
    private const int size_max = 8;
    private const int seg_max = 12;
    private const int blk_size = 20;
    private const int physical_block_exp = 24;
    private const int writeback = 32;
    private const int max_discard_sectors = 36;
    private const int max_write_zeroes_sectors = 48;

    private const int MostPhysicalExponent = 15;
    private const ulong MostSectors = (ulong)long.MaxValue >> SectorShift;

    // A disk that does not tell its name at once is used without one; it may still come.
    private const int IdentityPolls = 1_000_000;
    private static readonly Duration s_identityPatience = Duration.FromMilliseconds(20);

    /// <summary>Requests that the device had when it was reset, and that were not returned yet.</summary>
    private int _lost;

    /// <summary>What the disk said of itself besides its size, to whose measure the tables were made.</summary>
    private readonly VirtioBlkShape _shape;

    /// <summary>Whether the device did not obey a reset: it may still write to what it had.</summary>
    private bool _hasMemory;

    /// <summary>Starts a disk.</summary>
    /// <param name="transport">How it is reached; its counters carry the disk's name.</param>
    /// <param name="platform">Bounds the wait for the disk's identity.</param>
    /// <returns>Null, with the reason on the console, if the device cannot be used.</returns>
    public static VirtioBlk? TryCreate(VirtioTransport transport, Platform platform)
    {
        VirtioDevice device = new(transport, QueueCount);
        if (!device.TryBegin((ulong)VirtioBlkFeatures.Wanted | (ulong)VirtioFeatures.IndirectDescriptors))
            return null;
        bool interrupts = transport.ConnectInterruptsOrWarn();
        // The smaller the ring, the longer its tables: as many pieces as the ring that it will be has room for.
        int size = transport.ReadQueueSize(RequestQueue);
        if (size <= 0 || (size > MostDepth && !transport.HasFixedQueueSize))
            size = MostDepth;
        int pieces = PiecesFor(size);
        if (device.TryCreateQueue(RequestQueue, MostDepth, pieces) is not { } queue)
            return null;
        bool indirect = device.Has(VirtioFeatures.IndirectDescriptors);
        VirtioBlk disk = new(device, platform, queue, indirect ? pieces : queue.Size, mustPoll: !interrupts);
        device.Start();
        disk.AskIdentity();
        return disk;
    }

    /// <inheritdoc/>
    public bool TryReturn()
    {
        if (_hasMemory || !_transport.TryReturn() || !_device.TryReturn() || ReadShape() != _shape)
            return false;
        _mustPoll = !_transport.ConnectInterruptsOrWarn();
        if (!_device.TryRestartQueues())
            return false;
        Array.Clear(_requests);
        _slots.Reset();
        _lost = 0;
        _idSlot = -1;
        _armed = false;
        _nonsense = false;
        Limits.Capacity = ReadCapacity(_shape.LogicalSectorSize);
        State = BlockDeviceState.Ready;
        _device.Start();
        AskIdentity();
        if (_idSlot >= 0)
            Identity.Tell(Identity.Model, []); // what the disk before said stands no longer
        return true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Counters.Count(PathEvent.Reset);
        _nonsense = false;
        bool isReset = _device.TryReset();
        _hasMemory = !isReset;

        // Also when the device does not obey: the queue fails its requests, because it finds the disk gone. Some may be there still from a
        // reset before this one.
        _lost = 0;
        foreach (BlockRequest? request in _requests)
        {
            if (request is not null)
                _lost++;
        }

        if (!isReset || !_device.TryRestart(_completed))
            State = BlockDeviceState.Gone;
        else
            TakeCapacity();
        if (_idSlot >= 0)
            _slots.Return(_idSlot);
        _idSlot = -1;
    }

    private static int PiecesFor(int ringSize) => Math.Max(4, IndirectTableDescriptors / ringSize);

    /// <summary>Returns requests that the device had when it was reset, as many as there is room for.</summary>
    private int TakeBackAfterReset(Span<BlockRequest> burst)
    {
        int count = 0;
        for (int slot = 0; _lost != 0 && slot < _requests.Length && count < burst.Length; slot++)
        {
            if (_requests[slot] is not { } request)
                continue;
            _requests[slot] = null;
            _slots.Return(slot);
            request.Status = BlockStatus.Reset;
            burst[count++] = request;
            _lost--;
        }

        return count;
    }

    private bool Has(VirtioBlkFeatures features) => _device.Has((ulong)features);

    private VirtioBlkShape ReadShape()
    {
        int logical = Has(VirtioBlkFeatures.BlockSize) ? (int)_transport.ReadConfiguration32(blk_size) : 1 << SectorShift;
        int exponent = Has(VirtioBlkFeatures.Topology) ? _transport.ReadConfiguration8(physical_block_exp) : 0;
        bool isWriteBack = !Has(VirtioBlkFeatures.ConfigWriteCache) || _transport.ReadConfiguration8(writeback) != 0;
        return new VirtioBlkShape(
            LogicalSectorSize: logical,
            PhysicalSectorSize: exponent <= MostPhysicalExponent ? logical << exponent : logical,
            MaxSegments: ReadMaxSegments(),
            MaxSegmentBytes: ReadMaxSegmentBytes(),
            HasWriteCache: Has(VirtioBlkFeatures.Flush) && isWriteBack,
            MaxDiscardBytes: Has(VirtioBlkFeatures.Discard) ? ReadBytes(max_discard_sectors) : 0,
            MaxWriteZeroesBytes: Has(VirtioBlkFeatures.WriteZeroes) ? ReadBytes(max_write_zeroes_sectors) : 0);
    }

    private BlockLimits LimitsOf(in VirtioBlkShape shape) => new()
    {
        Capacity = ReadCapacity(shape.LogicalSectorSize),
        LogicalSectorSize = shape.LogicalSectorSize,
        PhysicalSectorSize = shape.PhysicalSectorSize,
        ReadOnly = Has(VirtioBlkFeatures.ReadOnly),
        Depth = _requests.Length,
        MaxSegments = shape.MaxSegments,
        MaxSegmentBytes = shape.MaxSegmentBytes,
        HasWriteCache = shape.HasWriteCache,
        MaxDiscardBytes = shape.MaxDiscardBytes,
        MaxWriteZeroesBytes = shape.MaxWriteZeroesBytes,
    };

    private long ReadCapacity(int sectorSize)
    {
        long bytes = (long)Math.Min(_transport.ReadConfiguration64(capacity), MostSectors) << SectorShift;
        return BitOperations.IsPow2(sectorSize) ? bytes & -sectorSize : bytes;
    }

    private int ReadMaxSegments()
    {
        // Without SEG_MAX a device need not take more than one (5.2.5).
        uint offered = Has(VirtioBlkFeatures.SegMax) ? _transport.ReadConfiguration32(seg_max) : 1;
        return (int)Math.Min(offered, (uint)Math.Max(0, _mostPieces - HeaderAndStatus));
    }

    private int ReadMaxSegmentBytes()
    {
        uint offered = Has(VirtioBlkFeatures.SizeMax) ? _transport.ReadConfiguration32(size_max) : int.MaxValue;
        return (int)Math.Min(offered, int.MaxValue);
    }

    private long ReadBytes(int sectors) => (long)_transport.ReadConfiguration32(sectors) << SectorShift;

    /// <summary>Looks at what an interrupt said had changed.</summary>
    /// <returns>False if the disk was reset for it.</returns>
    private bool TryTakeConfigurationChange()
    {
        _transport.ConfigurationChanged = false;
        if (_device.NeedsReset)
        {
            Log.Warn(Name, $"asks for a reset");
            Reset();
            return false;
        }

        TakeCapacity();
        return true;
    }

    /// <summary>Goes by the size that the disk has now. All else that it said at first stands, whatever it says now:
    /// tables were made to that measure.</summary>
    private void TakeCapacity()
    {
        long bytes = ReadCapacity(Limits.LogicalSectorSize);
        if (bytes == Limits.Capacity)
            return;
        Limits.Capacity = bytes;
        Log.Info(Name, $"is now {bytes >> 10} KiB");
    }

    private void AskIdentity()
    {
        if (Limits.Problem is not null)
            return; // nobody will use it
        _idSlot = _slots.Take(VirtioBlkSlots.VIRTIO_BLK_T_GET_ID, 0);
        _pieces[0] = new(_slots.HeaderAddress(_idSlot), VirtioBlkSlots.HeaderSize);
        _pieces[1] = new(_slots.RangeAddress(_idSlot), VirtioBlkSlots.IdSize);
        _pieces[2] = new(_slots.StatusAddress(_idSlot), 1);
        TryPlace(_idSlot, pieces: 3, readable: 1);
        _transport.Publish(_queue);
        Instant deadline = _platform.Now + s_identityPatience;
        for (int i = 0; i < IdentityPolls && _idSlot >= 0 && _platform.Now < deadline; i++)
        {
            int slot = _queue.Take(out _);
            if (slot >= 0)
                Finish(slot, _slots.Status(slot));
        }
    }

    private void TakeIdentity(int slot, byte status)
    {
        _idSlot = -1;
        Identity.Tell(Identity.Model, status == VirtioBlkSlots.VIRTIO_BLK_S_OK ? _slots.Id(slot) : []);
    }

    private void RecoverFromViolation()
    {
        Counters.Count(PathEvent.Violation);
        if (_nonsense)
            Log.Warn(Name, $"answered with a status that does not exist");
        else
            Log.Warn(Name, $"broke its queue: it {_queue.Violation.Describe()}");
        Reset();
    }
}
