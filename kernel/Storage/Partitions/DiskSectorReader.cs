using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage.Partitions;

/// <summary>Reads sectors of a disk one at a time for a thread, which waits as for any request: devices and other threads are served meanwhile.</summary>
internal sealed class DiskSectorReader : BlockClient, ISectorReader
{
    private readonly BlockQueue _queue;
    private readonly BlockRequest[] _request = [new BlockRequest { Operation = BlockOperation.Read }];
    private readonly BlockSegment _buffer;
    private readonly WaitQueue _completion = new();
    private Instant _deadline;
    private bool _isPending;

    private DiskSectorReader(BlockQueue queue)
    {
        _queue = queue;
        SectorSize = queue.Device.Limits.LogicalSectorSize;
        _buffer = Disk.AllocateBuffer(SectorSize);
    }

    public int SectorSize { get; }

    public long Sectors => _queue.Device.Limits.Capacity / SectorSize;

    /// <summary>Room for the table that it is used to read.</summary>
    public PartitionTable Table { get; } = new();

    /// <summary>Takes a queue's reader, or makes one if another thread has it.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="patience">How long all that is read may take.</param>
    public static DiskSectorReader Take(BlockQueue queue, Duration patience)
    {
        DiskSectorReader reader = queue.Reader ?? new DiskSectorReader(queue);
        queue.Reader = null;
        reader._deadline = queue.Now + patience;
        return reader;
    }

    /// <summary>Gives the reader back, unless the disk still has its memory.</summary>
    public void Return()
    {
        if (!_isPending)
            _queue.Reader = this;
    }

    public bool TryRead(long sector, Span<byte> bytes)
    {
        if (_isPending)
            return false;
        BlockRequest request = _request[0];
        request.Offset = sector * SectorSize;
        request.SetMemory(_buffer);
        _isPending = true;
        _queue.Submit(_request, this);
        while (_isPending)
        {
            if (!_completion.Wait(_deadline) && _isPending)
                return false;
        }

        _buffer.Bytes.CopyTo(bytes);
        return request.Status == BlockStatus.Ok;
    }

    protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
    {
        _isPending = false;
        _completion.WakeOne();
    }
}
