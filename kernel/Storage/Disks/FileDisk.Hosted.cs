using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Guest.Storage;

/// <summary>A file as a disk, for applications that run as Linux processes: every request is executed when it is submitted.</summary>
internal sealed class FileDisk : HostedDisk
{
    private readonly SafeFileHandle _file;

    private FileDisk(SafeFileHandle file, bool readOnly)
        : base("file", new BlockLimits
        {
            Capacity = RandomAccess.GetLength(file) & -SectorSize,
            ReadOnly = readOnly,
            Depth = QueueDepth,
            MaxSegments = 128,
            MaxRequestBytes = 1 << 26,
            HasWriteCache = true,
        }) => _file = file;

    /// <summary>Opens a file that is there.</summary>
    public static FileDisk Open(string path)
    {
        bool readOnly = new FileInfo(path).IsReadOnly;
        return new FileDisk(File.OpenHandle(path, FileMode.Open, readOnly ? FileAccess.Read : FileAccess.ReadWrite), readOnly);
    }

    public override void Dispose() => _file.Dispose();

    public override int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        int taken = 0;
        while (taken < burst.Length && DoneCount < QueueDepth)
        {
            BlockRequest request = burst[taken++];
            End(request, Execute(request));
        }

        return taken;
    }

    private BlockStatus Execute(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Flush)
            return Flush(_file);
        try
        {
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
