using System;
using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Storage.Devices;

/// <summary>A virtio disk with one queue (virtio 1.2, 5.2), over any transport and either ring.</summary>
/// <remarks>A request is one entry of the ring: with indirect descriptors, however many pieces its memory is in. Nothing is copied.</remarks>
public sealed partial class VirtioBlk : IBlockDevice
{
    /// <summary>The virtio device type (virtio 1.2, 5).</summary>
    public const uint DeviceType = 2;

    private const int RequestQueue = 0;
    private const int QueueCount = 1;
    private const int MostDepth = 64;
    private const int SectorShift = 9;
    private const int HeaderAndStatus = 2;

    // Room for tables of indirect descriptors: 64 pieces a request on a ring of 64.
    private const int IndirectTableDescriptors = 64 * 64;

    private readonly VirtioDevice _device;
    private readonly VirtioTransport _transport;
    private readonly Virtqueue _queue;
    private readonly VirtioBlkSlots _slots;
    private readonly VirtioSegment[] _pieces;

    /// <summary>The most pieces that a request may have on the ring, header and status among them.</summary>
    private readonly int _mostPieces;
    private readonly BlockRequest?[] _requests;
    private readonly VirtioBuffer[] _tables = new VirtioBuffer[MostDepth];
    private readonly UsedBuffer[] _used = new UsedBuffer[MostDepth];
    private readonly Platform _platform;
    private bool _mustPoll;

    /// <summary>Up to how many bytes in one run go by a slot's own table.</summary>
    private readonly int _tableBytes;
    private bool _armed;
    private long _completed;
    private int _idSlot = -1;
    private bool _nonsense;

    private VirtioBlk(VirtioDevice device, Platform platform, Virtqueue queue, int mostPieces, bool mustPoll)
    {
        _platform = platform;
        _device = device;
        _transport = device.Transport;
        _queue = queue;
        _mustPoll = mustPoll;
        _mostPieces = mostPieces;
        int depth = Math.Min(queue.Size, MostDepth);
        _slots = new VirtioBlkSlots(depth, queue);
        _requests = new BlockRequest?[depth];
        _shape = ReadShape();
        Limits = LimitsOf(_shape);
        _tableBytes = device.Has(VirtioFeatures.IndirectDescriptors) ? Limits.MaxSegmentBytes : 0;
        _pieces = new VirtioSegment[mostPieces];
    }

    /// <inheritdoc/>
    public string Name => Counters.Name;

    /// <inheritdoc/>
    public BlockIdentity Identity { get; } = new("virtio"u8);

    /// <inheritdoc/>
    public BlockLimits Limits { get; private set; }

    /// <inheritdoc/>
    public BlockDeviceState State { get; private set; }

    /// <inheritdoc/>
    public PathCounters Counters => _transport.Counters;

    /// <inheritdoc/>
    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        if (State != BlockDeviceState.Ready || _lost != 0)
            return 0;
        int taken = AddPlain(burst);
        while (taken < burst.Length && TryAddPieces(burst[taken]))
            taken++;
        if (!more)
            _transport.Publish(_queue);
        return taken;
    }

    /// <inheritdoc/>
    public int Complete(Span<BlockRequest> burst)
    {
        int count = _lost != 0 ? TakeBackAfterReset(burst) : 0;
        if (State != BlockDeviceState.Ready)
            return count;
        if (_armed)
        {
            _queue.Park();
            _armed = false;
        }

        if (_transport.ConfigurationChanged && !TryTakeConfigurationChange())
            return count;
        UsedBuffer[] used = _used;
        BlockRequest?[] requests = _requests;
        VirtioBlkSlots slots = _slots;
        int first = count;
        int taken = _queue.Take(used.AsSpan(0, Math.Min(burst.Length - count, used.Length)));
        for (int i = 0; i < taken; i++)
        {
            int slot = used[i].Name;
            BlockRequest? request = requests[slot];
            byte status = slots.Status(slot);
            if (request is null || status != VirtioBlkSlots.VIRTIO_BLK_S_OK)
            {
                request = Finish(slot, status);
                if (request is null)
                    continue;
            }
            else
            {
                slots.Return(slot);
                requests[slot] = null;
                request.Status = BlockStatus.Ok;
            }

            burst[count++] = request;
        }

        _completed += count - first;
        if (_nonsense || _queue.Violation != VirtqueueViolation.None)
            RecoverFromViolation();
        return count;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        if (State != BlockDeviceState.Ready)
            return _lost == 0;
        if (_lost != 0 || _transport.ConfigurationChanged || (_mustPoll && _queue.InFlight != 0))
            return false;
        _armed = true;
        return _queue.Arm();
    }

    /// <summary>Adds by their slots' own tables what stands at the front of a burst and has its memory in one run.</summary>
    /// <returns>How many were added.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddPlain(ReadOnlySpan<BlockRequest> burst)
    {
        VirtioBuffer[] tables = _tables;
        VirtioBlkSlots slots = _slots;
        int count = 0;
        for (; count < burst.Length && count < tables.Length; count++)
        {
            BlockRequest request = burst[count];
            if (!request.MovesData || request.SegmentCount != 1 || request.Length > _tableBytes)
                break;
            bool write = request.Operation == BlockOperation.Write;
            uint length = (uint)request.Length;
            int slot = slots.TakePlain(write, (ulong)request.Offset >> SectorShift, request.Only.DeviceAddress, length);
            if (slot < 0)
                break;
            tables[count] = new(slots.TableAddress(slot), write ? 1 : length + 1, slot);
            _requests[slot] = request;
        }

        if (count == 0)
            return 0;
        int added = _queue.AddTables(new ReadOnlySpan<VirtioBuffer>(tables, 0, count), VirtioBlkSlots.TablePieces);
        if (added != count)
            Withdraw(tables.AsSpan(added, count - added));
        return added;
    }

    /// <summary>Frees the slots of what did not fit into the ring.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Withdraw(ReadOnlySpan<VirtioBuffer> tables)
    {
        foreach (VirtioBuffer table in tables)
        {
            _requests[table.Name] = null;
            _slots.Return(table.Name);
        }
    }

    private bool TryAddPieces(BlockRequest request)
    {
        ulong sector = (ulong)request.Offset >> SectorShift;
        int slot = _slots.Take(TypeOf(request.Operation), request.MovesData ? sector : 0);
        if (slot < 0)
            return false;
        _pieces[0] = new(_slots.HeaderAddress(slot), VirtioBlkSlots.HeaderSize);
        int count = 1;
        if (request.MovesData)
            count = AddMemory(request);
        else if (request.Operation != BlockOperation.Flush)
            count = AddRange(slot, sector, (uint)(request.Length >> SectorShift));
        int readable = request.Operation == BlockOperation.Read ? 1 : count;
        _pieces[count++] = new(_slots.StatusAddress(slot), 1);
        if (!TryPlace(slot, count, readable))
            return false;
        _requests[slot] = request;
        return true;
    }

    private int AddMemory(BlockRequest request)
    {
        int count = 1;
        SegmentPieces walk = new(request.Segments, 0, Limits.MaxSegmentBytes);
        while (walk.MoveNext())
            _pieces[count++] = new(walk.Address, (uint)walk.Length);
        return count;
    }

    private int AddRange(int slot, ulong sector, uint sectors)
    {
        _slots.SetRange(slot, sector, sectors);
        _pieces[1] = new(_slots.RangeAddress(slot), VirtioBlkSlots.RangeSize);
        return 2;
    }

    private bool TryPlace(int slot, int pieces, int readable)
    {
        if (_queue.Add(_pieces.AsSpan(0, pieces), readable, slot) >= 0)
            return true;
        _slots.Return(slot);
        return false;
    }

    /// <summary>Ends what a slot was for, of which <see cref="Complete"/> did not know that all is well; null if that was nobody's
    /// request.</summary>
    private BlockRequest? Finish(int slot, byte status)
    {
        _slots.Return(slot);
        if (status is not (VirtioBlkSlots.VIRTIO_BLK_S_OK or VirtioBlkSlots.VIRTIO_BLK_S_IOERR or VirtioBlkSlots.VIRTIO_BLK_S_UNSUPP))
            _nonsense = true;
        if (slot == _idSlot)
            TakeIdentity(slot, status);
        BlockRequest? request = _requests[slot];
        if (request is null)
            return null;
        _requests[slot] = null;
        request.Status = status switch
        {
            VirtioBlkSlots.VIRTIO_BLK_S_OK => BlockStatus.Ok,
            VirtioBlkSlots.VIRTIO_BLK_S_UNSUPP => BlockStatus.Unsupported,
            _ => BlockStatus.DeviceError,
        };
        return request;
    }

    private static uint TypeOf(BlockOperation operation) => operation switch
    {
        BlockOperation.Read => VirtioBlkSlots.VIRTIO_BLK_T_IN,
        BlockOperation.Write => VirtioBlkSlots.VIRTIO_BLK_T_OUT,
        BlockOperation.Flush => VirtioBlkSlots.VIRTIO_BLK_T_FLUSH,
        BlockOperation.Discard => VirtioBlkSlots.VIRTIO_BLK_T_DISCARD,
        _ => VirtioBlkSlots.VIRTIO_BLK_T_WRITE_ZEROES,
    };
}
