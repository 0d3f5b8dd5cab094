using System;
using System.IO;
using System.Text;
using Guest.Core.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Guest.Storage;

/// <summary>What every disk has in common that is a file of Linux: it never goes away, and what is complete waits in its order to be taken.</summary>
internal abstract class HostedDisk : IBlockDevice, IDisposable
{
    protected const int SectorSize = 512;
    protected const int QueueDepth = 32;

    private readonly BlockRequest[] _done = new BlockRequest[QueueDepth];

    /// <param name="kind">The first part of its name, and its model.</param>
    /// <param name="limits">What it takes.</param>
    protected HostedDisk(string kind, BlockLimits limits)
    {
        Counters = new PathCounters(kind + "0");
        Identity = new BlockIdentity(Encoding.ASCII.GetBytes(kind));
        Limits = limits;
    }

    public string Name => Counters.Name;

    public BlockIdentity Identity { get; }

    public BlockLimits Limits { get; }

    public BlockDeviceState State => BlockDeviceState.Ready;

    public PathCounters Counters { get; }

    /// <summary>How many requests are complete and not taken.</summary>
    protected int DoneCount { get; private set; }

    /// <summary>Closes the file; nothing is under way.</summary>
    public abstract void Dispose();

    public abstract int Submit(ReadOnlySpan<BlockRequest> burst, bool more);

    public int Complete(Span<BlockRequest> burst)
    {
        int count = Math.Min(DoneCount, burst.Length);
        _done.AsSpan(0, count).CopyTo(burst);
        DoneCount -= count;
        Array.Copy(_done, count, _done, 0, DoneCount);
        return count;
    }

    public bool Arm() => DoneCount == 0;

    public void Reset()
    {
    }

    /// <summary>Notes that a request is complete; of these and those under way there are never more than <see cref="QueueDepth"/>.</summary>
    protected void End(BlockRequest request, BlockStatus status)
    {
        request.Status = status;
        _done[DoneCount++] = request;
    }

    /// <summary>Brings what was written to the disk below.</summary>
    protected static BlockStatus Flush(SafeFileHandle file)
    {
        try
        {
            RandomAccess.FlushToDisk(file);
            return BlockStatus.Ok;
        }
        catch (IOException)
        {
            return BlockStatus.DeviceError;
        }
    }
}
