using System;
using System.Numerics;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Storage.Devices;

/// <summary>One SATA disk: up to 32 queued reads and writes at once, and whatever cannot be queued by itself between them.</summary>
/// <remarks>A 4 KiB read costs two register writes to issue, and at its end a read of PxIS and of PxSACT and the two writes that
/// take the interrupt back. After an error the slots that had no part in it are issued again by the driver itself; if the disk does
/// not tell which one had, each is run alone until the one that fails shows itself.</remarks>
internal sealed class AhciPort : IBlockDevice
{
    private const int MaxTransferBytes = 4 << 20;
    private const int MaxRecoveriesWithoutProgress = 4;

    private readonly AhciLink _link;
    private readonly AhciMemory _memory;
    private readonly AtaIdentity _identity;
    private readonly AtaTrimMemory? _trim;
    private readonly BlockRequest?[] _slots = new BlockRequest?[AhciMemory.Slots];
    private readonly int _slotsOffered;
    private readonly bool _queuesOffered;
    private readonly bool _queued;
    private readonly uint _slotMask;

    /// <summary>Slots whose commands the disk has, queued.</summary>
    private uint _active;

    /// <summary>The slot whose command the disk has by itself, or 0.</summary>
    private uint _alone;

    /// <summary>Slots to be run one by one, to find out which of them fails.</summary>
    private uint _suspects;

    /// <summary>Slots that are filled in and not issued: more was to come.</summary>
    private uint _unissued;

    /// <summary>Slots whose requests are complete and not yet returned.</summary>
    private uint _finished;

    private uint _cause;
    private int _recoveries;

    public AhciPort(AhciLink link, AtaIdentity identity, PathCounters counters, int slots, bool queued)
    {
        _link = link;
        _memory = link.Memory;
        _identity = identity;
        Counters = counters;
        _slotsOffered = slots;
        _queuesOffered = queued;
        _queued = queued && identity.Shape.QueueDepth > 0;
        int depth = _queued ? Math.Min(identity.Shape.QueueDepth, slots) : 1;
        _slotMask = depth == 32 ? uint.MaxValue : (1u << depth) - 1;
        _trim = identity.MaxTrimBytes != 0 ? new AtaTrimMemory() : null;
        Limits = new BlockLimits
        {
            Capacity = identity.Capacity,
            LogicalSectorSize = identity.LogicalSectorSize,
            PhysicalSectorSize = identity.Shape.PhysicalSectorSize,
            Depth = depth,
            MaxRequestBytes = Math.Min(identity.MaxSectors * identity.LogicalSectorSize, MaxTransferBytes),
            MaxSegments = AhciMemory.MaxRegions,
            MaxSegmentBytes = AhciMemory.MaxRegionBytes,
            BufferAlignment = 2,
            HasWriteCache = identity.Shape.HasWriteCache,
            MaxDiscardBytes = identity.MaxTrimBytes,
        };
    }

    /// <inheritdoc/>
    public string Name => Counters.Name;

    /// <inheritdoc/>
    public BlockIdentity Identity => _identity.Name;

    /// <inheritdoc/>
    public BlockLimits Limits { get; }

    /// <inheritdoc/>
    public BlockDeviceState State { get; private set; }

    /// <inheritdoc/>
    public PathCounters Counters { get; }

    /// <summary>Which port.</summary>
    public int Number => _link.Number;

    /// <summary>Whether there is no interrupt, so that the cause must be read at every poll.</summary>
    public bool MustPoll { get; set; }

    private uint Outstanding => _active | _alone | _suspects;

    /// <summary>Lets the port interrupt.</summary>
    public void EnableInterrupts() => _link.Write(AhciRegister.PxIE, AhciRegister.PxIS_Done | AhciRegister.PxIS_Trouble);

    /// <summary>Reads and takes back the port's causes of an interrupt, then the controller's bit for the port (AHCI 1.3.1, 10.7.2.1).</summary>
    /// <returns>Whether there was one.</returns>
    public bool TakeCause()
    {
        uint cause = _link.Read(AhciRegister.PxIS);
        if (cause == 0)
            return false;
        _link.Write(AhciRegister.PxIS, cause);
        _link.Controller.Write32(AhciRegister.IS, 1u << Number);
        _cause |= cause;
        return true;
    }

    /// <inheritdoc/>
    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        int taken = 0;
        if (State == BlockDeviceState.Ready && (_alone | _suspects) == 0)
        {
            while (taken < burst.Length && TryTake(burst[taken]))
                taken++;
        }

        if (!more && _unissued != 0)
            Issue();
        return taken;
    }

    /// <inheritdoc/>
    public int Complete(Span<BlockRequest> burst)
    {
        if (MustPoll && Outstanding != 0)
            TakeCause();
        if (_cause != 0)
            Advance();
        int count = 0;
        while (count < burst.Length && _finished != 0)
        {
            int slot = BitOperations.TrailingZeroCount(_finished);
            _finished &= _finished - 1;
            burst[count++] = _slots[slot]!;
            _slots[slot] = null;
        }

        return count;
    }

    /// <inheritdoc/>
    public bool Arm() => _cause == 0 && _finished == 0 && !(MustPoll && Outstanding != 0);

    /// <inheritdoc/>
    public void Reset()
    {
        Counters.Count(PathEvent.Reset);
        _cause = 0;
        _recoveries = 0;
        if (!_link.TryResetDisk())
            GiveUp();
        End(Outstanding | _unissued, BlockStatus.Reset);
    }

    /// <summary>Starts the disk that has come to the place of this one, which was taken away, if it is of the same kind.</summary>
    /// <param name="slots">The controller's command slots.</param>
    /// <param name="queued">Whether the controller queues.</param>
    public bool TryReturn(int slots, bool queued)
    {
        if (slots != _slotsOffered || queued != _queuesOffered
            || !_link.TryIdentify(out _) || !_identity.TryTakeOver(_memory.Scratch.Bytes))
            return false;
        Array.Clear(_slots);
        _active = _alone = _suspects = _unissued = _finished = _cause = 0;
        _recoveries = 0;
        Limits.Capacity = _identity.Capacity;
        State = BlockDeviceState.Ready;
        return true;
    }

    private bool TryTake(BlockRequest request)
    {
        bool queue = _queued && request.MovesData;
        uint busy = _active | _unissued | _finished;
        if (!queue && busy != 0)
            return false; // it cannot run beside others
        uint free = ~busy & _slotMask;
        if (free == 0 || _alone != 0)
            return false;
        int slot = BitOperations.TrailingZeroCount(free);
        _slots[slot] = request;
        Fill(slot, queue);
        if (queue)
            _unissued |= 1u << slot;
        else
            IssueAlone(slot);
        return true;
    }

    private void Fill(int slot, bool queue)
    {
        BlockRequest request = _slots[slot]!;
        int regions;
        if (request.Operation == BlockOperation.Discard)
        {
            uint sectorSize = (uint)_identity.LogicalSectorSize;
            BlockSegment ranges = _trim!.Fill((ulong)request.Offset / sectorSize, request.Length / sectorSize);
            regions = _memory.Fill(slot, AhciCommand.Unqueued(request, _identity), new ReadOnlySpan<BlockSegment>(in ranges));
        }
        else
        {
            AhciCommand command = queue
                ? AhciCommand.Queued(request, _identity, slot)
                : AhciCommand.Unqueued(request, _identity);
            regions = _memory.Fill(slot, command, request.Segments);
        }

        Counters.Count(PathEvent.Descriptor, regions + 1);
    }

    /// <summary>Gives the disk what is filled in; queued commands are announced in PxSACT first (5.5.1).</summary>
    private void Issue()
    {
        uint slots = _unissued;
        _unissued = 0;
        _active |= slots;
        Counters.Count(PathEvent.Notification);
        _link.Write(AhciRegister.PxSACT, slots);
        _link.Write(AhciRegister.PxCI, slots);
    }

    private void IssueAlone(int slot)
    {
        _alone = 1u << slot;
        Counters.Count(PathEvent.Notification);
        _link.Write(AhciRegister.PxCI, _alone);
    }

    private void Advance()
    {
        uint cause = _cause;
        _cause = 0;
        if (_active != 0)
            EndWell(_active & ~_link.Read(AhciRegister.PxSACT));
        else if (_alone != 0 && (cause & AhciRegister.PxIS_Trouble) == 0)
            EndWell(_alone & ~_link.Read(AhciRegister.PxCI));
        if ((cause & AhciRegister.PxIS_Trouble) != 0)
            Recover(cause);
        else if (_alone == 0 && _suspects != 0)
            RunNextSuspect();
    }

    private void EndWell(uint slots)
    {
        if (slots == 0)
            return;
        _recoveries = 0;
        End(slots, BlockStatus.Ok);
    }

    private void End(uint slots, BlockStatus status)
    {
        _active &= ~slots;
        _alone &= ~slots;
        _suspects &= ~slots;
        _unissued &= ~slots;
        for (uint left = slots; left != 0; left &= left - 1)
            _slots[BitOperations.TrailingZeroCount(left)]!.Status = status;
        _finished |= slots;
    }

    /// <summary>Finds out whose error it was, ends that request, and issues the others again.</summary>
    private void Recover(uint cause)
    {
        uint taskFile = _link.Read(AhciRegister.PxTFD);
        Log.Warn(Name, $"error: cause {cause:x8} task file {taskFile:x4} serial {_link.Read(AhciRegister.PxSERR):x8}");
        Counters.Count(PathEvent.Reset);
        if (!_link.TryRestart())
        {
            GiveUp();
            End(Outstanding, BlockStatus.Reset);
            return;
        }

        if (++_recoveries > MaxRecoveriesWithoutProgress)
        {
            End(Outstanding, BlockStatus.DeviceError);
            return;
        }

        // The task file alone will not do: a disk may go on with its queue and overwrite it (QEMU does).
        bool diskSaysError = (cause & AhciRegister.PxIS_TFES) != 0 || (taskFile & (AtaStatus.Error | AtaStatus.DeviceFault)) != 0;
        if (_alone != 0)
        {
            if (diskSaysError)
                End(_alone, BlockStatus.DeviceError);
            else
                _suspects |= _alone;
            _alone = 0;
        }
        else if (_active != 0 && diskSaysError && TryReadErrorLog(out uint culprit))
        {
            End(culprit, BlockStatus.DeviceError);
        }
        else if (diskSaysError)
        {
            // What the disk still does of the queue must not meet what is run again: only a reset ends it for certain.
            _link.TryResetDisk();
            _suspects |= _active;
            _active = 0;
        }

        IssueAgain();
    }

    /// <summary>Asks the disk which queued command failed: READ LOG EXT, page 10h (ACS-3, 9.16).</summary>
    private bool TryReadErrorLog(out uint culprit)
    {
        const int NcqErrorPage = 0x10;
        const int NotQueued = 0x80;
        culprit = 0;
        if (!_link.TryRead512(new AhciCommand(AtaCommand.ReadLogExt, NcqErrorPage, 1, 0, IsWrite: false)))
            return false;
        ReadOnlySpan<byte> page = _memory.Scratch.Bytes;
        byte sum = 0;
        foreach (byte b in page)
            sum += b;
        culprit = 1u << (page[0] & 31);
        if (sum != 0 || (page[0] & NotQueued) != 0 || (culprit & _active) == 0)
            return false;
        Log.Warn(Name, $"error at byte {_slots[page[0] & 31]!.Offset}: status {page[2]:x2} error {page[3]:x2}");
        return true;
    }

    private void IssueAgain()
    {
        for (uint left = _active; left != 0; left &= left - 1)
            Fill(BitOperations.TrailingZeroCount(left), queue: true);
        if (_suspects != 0)
        {
            // Those that were queued beside a suspect are run alone too; it is an error path.
            _suspects |= _active;
            _active = 0;
            RunNextSuspect();
        }
        else if (_active != 0)
        {
            uint slots = _active;
            _link.Write(AhciRegister.PxSACT, slots);
            _link.Write(AhciRegister.PxCI, slots);
        }
    }

    private void RunNextSuspect()
    {
        int slot = BitOperations.TrailingZeroCount(_suspects);
        _suspects &= _suspects - 1;
        Fill(slot, queue: false);
        IssueAlone(slot);
    }

    private void GiveUp()
    {
        State = BlockDeviceState.Gone;
        _link.Write(AhciRegister.PxIE, 0);
        if (!_link.TryStop())
            _link.CutOff();
        Log.Warn(Name, $"does not come back from a reset");
    }
}
