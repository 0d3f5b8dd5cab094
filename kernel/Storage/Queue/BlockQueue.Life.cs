using System;
using System.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Pci;
using Guest.Storage.Partitions;

namespace Guest.Storage;

// A queue whose disk was taken away, and perhaps comes back: meanwhile it ends what is submitted, and nothing polls it.
public sealed partial class BlockQueue
{
    /// <summary>Tells clients what ended, once the queue is closed.</summary>
    private DeferredWork? _telling;

    /// <summary>Whether the disk was taken away.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What applications have open on this queue, and may use at any time.</summary>
    internal DiskList Opened { get; } = new();

    /// <summary>The function on PCI that the disk is behind.</summary>
    internal PciFunction? Source { get; init; }

    /// <summary>What reads partition tables, if nobody uses it now.</summary>
    internal DiskSectorReader? Reader { get; set; }

    /// <summary>Ends every request, those to come too, as <see cref="BlockStatus.Gone"/>. The disk has none afterwards.</summary>
    internal void Close()
    {
        IsClosed = true;
        _telling ??= new DeferredWork(TellLater);
        _timeouts.Stop();
        _capacity = -1; // as no disk's: the next request is looked at
        TakeCompleted();
        if (_inFlight.Count != 0)
        {
            _device.Reset();
            TakeCompleted();
        }

        EndWaiting(BlockStatus.Gone);
        if (_ended.Count != 0)
            _platform.Processor.RunLoop.Defer(_telling);
    }

    /// <summary>Stands before its disk again, which another one has taken over. Only a queue on which nothing is open may: who opened it has the disk
    /// before in mind.</summary>
    internal void Reopen(BlockSplitter? splitter)
    {
        Debug.Assert(IsClosed && Opened.First is null && _inFlight.Count == 0, "a queue is opened again that somebody uses");
        IsClosed = false;
        _splitter = splitter ?? new BlockSplitter(_device.Limits);
        _polling = false;
        if (Reader?.SectorSize != _device.Limits.LogicalSectorSize)
            Reader = null;
        ChangeLimits(_device.Limits);
    }

    /// <summary>The parts of longer requests, for another queue: this one has no more use for them once it is closed.</summary>
    internal BlockSplitter? TakeSplitter() => IsClosed && _inFlight.Count == 0 ? _splitter : null;

    /// <summary>Ends a request that was never given to the disk; its client is told as of any other.</summary>
    internal void Refuse(BlockRequest request, BlockClient client, BlockStatus status)
    {
        request.Client = client;
        End(request, status);
        if (IsClosed)
            _platform.Processor.RunLoop.Defer(_telling!);
    }

    private void Refuse(ReadOnlySpan<BlockRequest> burst, BlockClient client)
    {
        foreach (BlockRequest request in burst)
            Refuse(request, client, BlockStatus.Gone);
    }

    private void TellLater()
    {
        _ended.TellClients();
        if (_ended.Count != 0)
            _platform.Processor.RunLoop.Defer(_telling!);
    }
}
