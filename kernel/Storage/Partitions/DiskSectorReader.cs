using System;
using Guest.Core;
using Guest.Core.Time;

namespace Guest.Storage.Partitions;

/// <summary>Reads sectors of a disk one at a time, at boot, when nothing else runs: it polls the queue itself, and idles meanwhile.</summary>
internal sealed class DiskSectorReader : BlockClient, ISectorReader
{
    private readonly BlockQueue _queue;
    private readonly Platform _platform;
    private readonly BlockRequest[] _request;
    private readonly BlockSegment _buffer;

    public DiskSectorReader(BlockQueue queue, Platform platform)
    {
        _queue = queue;
        _platform = platform;
        SectorSize = queue.Device.Limits.LogicalSectorSize;
        Sectors = queue.Device.Limits.Capacity / SectorSize;
        _buffer = Disk.AllocateBuffer(SectorSize);
        _request = [new BlockRequest { Operation = BlockOperation.Read }];
    }

    public int SectorSize { get; }

    public long Sectors { get; }

    public bool TryRead(long sector, Span<byte> bytes)
    {
        BlockRequest request = _request[0];
        request.Offset = sector * SectorSize;
        request.SetMemory(_buffer);
        _queue.Submit(_request, this);
        while (true)
        {
            bool again = _queue.Poll(_platform.Now);
            if (request.Status != BlockStatus.Pending)
                break;
            if (!again && _queue.Arm())
                _platform.Idle(_queue.Deadline);
        }

        _buffer.Bytes.CopyTo(bytes);
        return request.Status == BlockStatus.Ok;
    }

    protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
    {
    }
}
