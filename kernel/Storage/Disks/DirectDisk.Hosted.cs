using System;
using System.IO;
using System.Runtime.InteropServices;
using Guest.Core.Time;
using Microsoft.Win32.SafeHandles;

namespace Guest.Storage;

/// <summary>A file or a block device of Linux as a disk, past the page cache and with many requests at once: what Linux makes of the same requests
/// that a driver of ours is given.</summary>
internal sealed unsafe class DirectDisk : HostedDisk
{
    // As long as the queue above keeps its patience.
    private static readonly long s_mostNanoseconds = BlockQueue.UsualTimeout.Nanoseconds;

    private readonly SafeFileHandle _file;
    private readonly nint _context;
    private readonly LinuxAio.ControlBlock* _blocks = (LinuxAio.ControlBlock*)NativeMemory.AllocZeroed(QueueDepth, (nuint)sizeof(LinuxAio.ControlBlock));
    private readonly LinuxAio.Event* _events = (LinuxAio.Event*)NativeMemory.AllocZeroed(QueueDepth, (nuint)sizeof(LinuxAio.Event));
    private readonly BlockRequest[] _requests = new BlockRequest[QueueDepth];
    private readonly int[] _free = new int[QueueDepth];
    private int _freeCount;

    private DirectDisk(SafeFileHandle file, long length)
        : base("direct", new BlockLimits
        {
            Capacity = length & -SectorSize,
            Depth = QueueDepth,
            BufferAlignment = SectorSize,
            HasWriteCache = true,
        })
    {
        _file = file;
        _context = LinuxAio.CreateContext(QueueDepth);
        while (_freeCount < QueueDepth)
            _free[_freeCount] = _freeCount++;
    }

    /// <summary>Opens one.</summary>
    /// <returns>Null, and why, if that cannot be.</returns>
    public static DirectDisk? TryOpen(string path, out string? problem)
    {
        SafeFileHandle? file = LinuxAio.OpenDirect(path, out int error);
        problem = file is null ? $"{path} cannot be opened past the page cache: {Marshal.GetPInvokeErrorMessage(error)}" : null;
        return file is null ? null : new DirectDisk(file, LengthOf(path, file));
    }

    /// <summary>Waits until a request is complete, if any is under way.</summary>
    public void Wait(Instant now, Instant deadline)
    {
        int pending = QueueDepth - _freeCount;
        if (pending == 0 || DoneCount != 0)
            return;
        long patience = deadline.IsNever ? s_mostNanoseconds : Math.Clamp((deadline - now).Nanoseconds, 0, s_mostNanoseconds);
        int count = LinuxAio.Wait(_context, _events, pending, patience);
        for (int i = 0; i < count; i++)
        {
            int slot = (int)_events[i].Data;
            BlockRequest request = _requests[slot];
            _free[_freeCount++] = slot;
            End(request, _events[i].Result == request.Length ? BlockStatus.Ok : BlockStatus.DeviceError);
        }
    }

    public override void Dispose()
    {
        LinuxAio.DestroyContext(_context);
        NativeMemory.Free(_blocks);
        NativeMemory.Free(_events);
        _file.Dispose();
    }

    public override int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        int count = Math.Min(burst.Length, _freeCount - DoneCount);
        LinuxAio.ControlBlock** blocks = stackalloc LinuxAio.ControlBlock*[QueueDepth];
        int prepared = 0;
        foreach (BlockRequest request in burst[..Math.Max(count, 0)])
        {
            if (request.Operation == BlockOperation.Flush)
                End(request, Flush(_file));
            else
                blocks[prepared++] = Prepare(request);
        }

        for (int given = 0; given < prepared;)
        {
            int taken = LinuxAio.Submit(_context, blocks + given, prepared - given);
            if (taken <= 0)
            {
                int slot = (int)blocks[given]->Data;
                _free[_freeCount++] = slot;
                End(_requests[slot], BlockStatus.DeviceError);
            }

            given += Math.Max(taken, 1);
        }

        return Math.Max(count, 0);
    }

    private static long LengthOf(string path, SafeFileHandle file)
    {
        // A device's inode has no length; sysfs has it, in sectors.
        string size = $"/sys/class/block/{Path.GetFileName(path)}/size";
        return path.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(size)
            ? long.Parse(File.ReadAllText(size), System.Globalization.CultureInfo.InvariantCulture) * SectorSize
            : RandomAccess.GetLength(file);
    }

    private LinuxAio.ControlBlock* Prepare(BlockRequest request)
    {
        int slot = _free[--_freeCount];
        _requests[slot] = request;
        LinuxAio.ControlBlock* block = _blocks + slot;
        block->Data = slot;
        block->Operation = request.Operation == BlockOperation.Write ? LinuxAio.Operation.Write : LinuxAio.Operation.Read;
        block->File = (int)_file.DangerousGetHandle();
        block->Memory = request.Segments[0].Memory;
        block->Length = request.Length;
        block->Offset = request.Offset;
        return block;
    }
}
