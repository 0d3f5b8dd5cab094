using System;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Pv.Xen;
using static Guest.Storage.Devices.BlkFrontRing;

namespace Guest.Storage.Devices;

// What the back end says that the disk is: size, sectors, features. Read at every event of the store, so nothing is allocated unless something changed.
public sealed unsafe partial class BlkFront
{
    private const long MostDiscardBytes = 1L << 30;

    private bool _isKnown;
    private bool _isAnother;
    private bool _saidUnreadable;

    /// <summary>Has what could not be read looked at again.</summary>
    private readonly Timer _readAgain;

    /// <summary>Called when the disk can be used: the first time, again after a reconnect, and when its size changed.</summary>
    internal Action<BlkFront>? BecameReady { get; set; }

    /// <summary>Called when another disk came in the place of the one that was here, which is gone. Whoever has let go of that one calls
    /// <see cref="BeginAnew"/>.</summary>
    internal Action<BlkFront>? BecameAnother { get; set; }

    /// <inheritdoc/>
    public BlockLimits Limits { get; private set; } = new();

    /// <summary>Forgets which disk was here: whatever connects next is taken.</summary>
    internal void BeginAnew() => _isKnown = _isAnother = false;

    /// <inheritdoc/>
    protected override void OnBackendChanged()
    {
        // The size and the features are valid once the back end says Connected.
        if (IsBroken || Offered("state") != (uint)XenBusState.Connected)
            return;
        bool read = _up ? TryReadCapacity(Limits.LogicalSectorSize, out long capacity) && TakeCapacity(capacity) : TryReadAll();
        if (read)
        {
            _saidUnreadable = false;
            _readAgain.Stop();
            return;
        }

        if (!_saidUnreadable)
            Log.Warn(Name, $"what its back end says of it cannot be read; it is asked again");
        _saidUnreadable = true;
        _readAgain.Start(Domain.Now + s_retry);
    }

    private void ReadAgain()
    {
        if (Connected)
            OnBackendChanged();
    }

    /// <summary>Of a disk that is connected the size alone may change.</summary>
    private bool TakeCapacity(long capacity)
    {
        if (capacity == Limits.Capacity)
            return true;
        Limits.Capacity = capacity;
        Log.Info(Name, $"is now {capacity >> 10} KiB");
        BecameReady?.Invoke(this);
        return true;
    }

    /// <summary>Reads what the disk is, and takes it for use if it can be and is the one that was here before.</summary>
    /// <returns>False if it cannot be read now.</returns>
    private bool TryReadAll()
    {
        if (!TryRead("sector-size", 1 << SectorShift, out uint logical) || !TryRead("physical-sector-size", 0, out uint physical)
            || !TryRead("info", 0, out uint info) || !TryRead("feature-flush-cache", 0, out uint flush)
            || !TryRead("feature-barrier", 0, out uint barrier) || !TryRead("feature-max-indirect-segments", 0, out uint indirect)
            || !TryRead("feature-discard", 0, out uint discard) || logical > int.MaxValue || !TryReadCapacity((int)logical, out long capacity))
            return false;
        int segments = _indirectPages != 0 && indirect > DirectSegments ? (int)Math.Min(indirect, IndirectSegmentsPerPage) : DirectSegments;
        _flush = flush == 1 ? OperationFlush : barrier == 1 ? OperationWriteBarrier : (byte)0;
        _discards = discard == 1;
        BlockLimits limits = new()
        {
            Capacity = capacity,
            LogicalSectorSize = (int)logical,
            PhysicalSectorSize = physical <= 1 << 20 && physical >= logical ? (int)physical : (int)logical,
            ReadOnly = (info & InfoReadOnly) != 0,
            Depth = _depth,
            MaxRequestBytes = segments * DeviceMemory.PageSize,
            MaxSegments = segments,
            MaxSegmentBytes = DeviceMemory.PageSize,
            SegmentBoundary = DeviceMemory.PageSize,
            BufferAlignment = 1 << SectorShift,
            HasWriteCache = _flush != 0,
            MaxDiscardBytes = _discards ? MostDiscardBytes : 0,
        };
        if (limits.Problem is { } problem)
        {
            Break(problem);
            return true;
        }

        if (IsOther(limits))
        {
            BecameAnother?.Invoke(this);
            if (_isAnother)
                return true;
        }

        _isKnown = true;
        Limits = limits;
        _up = true;
        BecameReady?.Invoke(this);
        return true;
    }

    /// <summary>Whether this is another disk than was here before, for which what waits was not meant.</summary>
    private bool IsOther(BlockLimits limits)
    {
        bool isOther = _isKnown && (limits.Capacity != Limits.Capacity || limits.LogicalSectorSize != Limits.LogicalSectorSize
            || limits.ReadOnly != Limits.ReadOnly);
        if (isOther && !_isAnother)
            Log.Warn(Name, $"came back as another disk");
        _isAnother = isOther;
        return isOther;
    }

    /// <summary>Reads a number that the back end may leave out.</summary>
    /// <returns>False if it cannot be read, which says nothing of the disk.</returns>
    private bool TryRead(string key, uint absent, out uint value)
    {
        XenStoreStatus status = Store.ReadNumber($"{Backend}/{key}", out value);
        if (status == XenStoreStatus.NotFound)
            value = absent;
        return status is XenStoreStatus.Done or XenStoreStatus.NotFound;
    }

    /// <summary>Reads the size: the one number in the store that may need more than 32 bits.</summary>
    private bool TryReadCapacity(int sectorSize, out long capacity)
    {
        const int MostDigits = 18;
        Span<byte> text = stackalloc byte[MostDigits];
        capacity = 0;
        if (Store.Read($"{Backend}/sectors", text, out int length) != XenStoreStatus.Done || length is 0 or > MostDigits)
            return false;
        ulong sectors = 0;
        foreach (byte digit in text[..length])
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            sectors = (sectors * 10) + (uint)(digit - '0');
        }

        capacity = (long)Math.Min(sectors, (ulong)long.MaxValue >> SectorShift) << SectorShift;
        capacity &= -(long)sectorSize;
        return true;
    }
}
