using System;
using System.IO;
using Guest.Core.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Guest.Storage;

/// <summary>A file as a disk, for applications that run as Linux processes: every request is executed when it is submitted.</summary>
internal sealed class FileDisk : IBlockDevice
{
    private const int SectorSize = 512;
    private const int QueueDepth = 32;

    private readonly SafeFileHandle _file;
    private readonly BlockRequest[] _done = new BlockRequest[QueueDepth];
    private readonly BlockStatus[] _statuses = new BlockStatus[QueueDepth];
    private int _count;

    public FileDisk(string path)
    {
        bool readOnly = new FileInfo(path).IsReadOnly;
        _file = File.OpenHandle(path, FileMode.Open, readOnly ? FileAccess.Read : FileAccess.ReadWrite);
        Counters = new PathCounters("file0");
        Identity = new BlockIdentity("file", "");
        Limits = new BlockLimits
        {
            Capacity = RandomAccess.GetLength(_file) & -SectorSize,
            ReadOnly = readOnly,
            Depth = QueueDepth,
            MaxSegments = 128,
            MaxRequestBytes = 1 << 26,
            HasWriteCache = true,
        };
    }

    public string Name => Counters.Name;

    public BlockIdentity Identity { get; }

    public BlockLimits Limits { get; }

    public BlockDeviceState State => BlockDeviceState.Ready;

    public PathCounters Counters { get; }

    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        int taken = 0;
        while (taken < burst.Length && _count < QueueDepth)
        {
            _statuses[_count] = Execute(burst[taken]);
            _done[_count++] = burst[taken++];
        }

        return taken;
    }

    public int Complete(Span<BlockRequest> burst)
    {
        int count = Math.Min(_count, burst.Length);
        for (int i = 0; i < count; i++)
        {
            burst[i] = _done[i];
            burst[i].Status = _statuses[i];
        }

        _count -= count;
        Array.Copy(_done, count, _done, 0, _count);
        Array.Copy(_statuses, count, _statuses, 0, _count);
        return count;
    }

    public bool Arm() => _count == 0;

    public void Reset()
    {
    }

    private BlockStatus Execute(BlockRequest request)
    {
        try
        {
            if (request.Operation == BlockOperation.Flush)
                RandomAccess.FlushToDisk(_file);
            long at = request.Offset;
            foreach (BlockSegment segment in request.Segments)
            {
                if (request.Operation == BlockOperation.Write)
                    RandomAccess.Write(_file, segment.Bytes, at);
                else if (!TryRead(segment.Bytes, at))
                    return BlockStatus.DeviceError;
                at += segment.Length;
            }

            return BlockStatus.Ok;
        }
        catch (IOException)
        {
            return BlockStatus.DeviceError;
        }
    }

    private bool TryRead(Span<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(_file, bytes, at);
            if (count == 0)
                return false; // the file became shorter
            bytes = bytes[count..];
            at += count;
        }

        return true;
    }
}
