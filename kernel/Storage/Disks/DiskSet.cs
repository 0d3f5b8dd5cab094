using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pci;

namespace Guest.Storage;

/// <summary>The disks that there are, in the order in which they came; Boot and buses fill it, drivers add to it, and whatever can go gives its place back.</summary>
public sealed class DiskSet(Platform platform)
{
    /// <summary>More than any machine has. Each costs a queue, 100 KiB.</summary>
    private const int MostDisks = 64;

    private readonly AccountsByName _accounts = new();
    private BlockQueue[] _queues = new BlockQueue[4];

    private readonly DiskList _closed = new();

    /// <summary>The queues of disks that went, for those of their kind that come to their places.</summary>
    private readonly List<BlockQueue> _gone = [];

    /// <summary>The queue of all that is open and whose device went: it ends whatever it is given. Null until there is one.</summary>
    private BlockQueue? _nowhere;
    private BlockSplitter? _spareSplitters;
    private bool _isServed;

    /// <summary>How long a disk may take over one request.</summary>
    public Duration RequestTimeout { get; init; } = BlockQueue.UsualTimeout;

    /// <summary>Whether another disk has room.</summary>
    internal bool HasRoom => Count < MostDisks;

    /// <summary>The number of disks.</summary>
    public int Count { get; private set; }

    /// <summary>The function on PCI whose disks are added now; null for those of other buses.</summary>
    internal PciFunction? Source { get; set; }

    /// <summary>The queue before a disk.</summary>
    public BlockQueue this[int index] => _queues[index];

    /// <summary>The queue before a disk, or null if it is not among them.</summary>
    public BlockQueue? Find(IBlockDevice device)
    {
        int index = IndexOf(device);
        return index < 0 ? null : _queues[index];
    }

    /// <summary>Whether a disk is among them.</summary>
    public bool Contains(IBlockDevice device) => IndexOf(device) >= 0;

    /// <summary>Whether a function's disks are among them.</summary>
    public bool ContainsFrom(PciFunction function)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_queues[i].Source == function)
                return true;
        }

        return false;
    }

    /// <summary>Names the next disk of a kind by the first number that is free, <c>ahci0</c> after none, and opens its account: that of the disk that
    /// had the name before, if there was one.</summary>
    public PathCounters NewCounters(string kind)
    {
        int number = 0;
        PathCounters account = _accounts.Of(kind, number);
        while (HasName(account.Name))
            account = _accounts.Of(kind, ++number);
        return account;
    }

    /// <summary>Takes a disk that works and says on the console what it is. One that cannot be (a lying device) is refused there.</summary>
    public void Add(IBlockDevice device)
    {
        BlockLimits limits = device.Limits;
        if (limits.Problem is { } problem)
        {
            Log.Warn(device.Name, $"not used: {problem}");
            return;
        }

        if (!HasRoom)
        {
            Log.Warn(device.Name, $"not used: there are {MostDisks} disks already");
            return;
        }

        if (Count == _queues.Length)
            Array.Resize(ref _queues, Count * 2);
        BlockQueue queue = TakeGone(device)
            ?? new(device, platform, TakeSplitter(limits)) { AttemptTimeout = RequestTimeout, Source = Source };
        _queues[Count++] = queue;
        if (_isServed)
            platform.Processor.RunLoop.Add(queue);
        string readOnly = limits.ReadOnly ? ", read-only" : "";
        string serial = device.Identity.Serial.Length != 0 ? " serial " : "";
        Log.Info(
            device.Name,
            $"{limits.Capacity >> 10} KiB in sectors of {limits.LogicalSectorSize}{readOnly}, depth {limits.Depth}: "
            + $"{device.Identity.Model}{serial}{device.Identity.Serial}");
    }

    /// <summary>From now on the run loop serves the disks, those to come too.</summary>
    public void Serve()
    {
        _isServed = true;
        for (int i = 0; i < Count; i++)
            platform.Processor.RunLoop.Add(_queues[i]);
    }

    /// <summary>Lets go of a disk that was taken away, or will be: its requests end as <see cref="BlockStatus.Gone"/>, it has none afterwards,
    /// and its place and name are another's to have.</summary>
    /// <returns>False if it is not among them.</returns>
    public bool Remove(IBlockDevice device)
    {
        int index = IndexOf(device);
        if (index < 0)
            return false;
        BlockQueue queue = _queues[index];
        Count--;
        Array.Copy(_queues, index + 1, _queues, index, Count - index);
        _queues[Count] = null!;
        if (_isServed)
            platform.Processor.RunLoop.Remove(queue);
        queue.Close();
        if (queue.TakeSplitter() is { } splitter)
        {
            splitter.NextSpare = _spareSplitters;
            _spareSplitters = splitter;
        }

        if (queue.Opened.First is null || TryMoveOpened(queue))
            _gone.Add(queue);
        return true;
    }

    /// <summary>Opens a part of a disk.</summary>
    internal Disk Open(BlockQueue queue, long start, long length)
    {
        Disk disk = _closed.Take() ?? new Disk(this);
        disk.Open(queue, start, length);
        return disk;
    }

    /// <summary>Keeps a disk that was closed for who opens the next.</summary>
    internal void Keep(Disk disk) => _closed.Add(disk);

    /// <summary>Takes the disk behind a function as one that went from there, if it can go on as that, under the same name if that is free.</summary>
    public bool TryReturn(PciFunction function)
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            IBlockDevice device = _gone[i].Device;
            if (_gone[i].Source != function || HasName(device.Name))
                continue;
            function.Claim(device.Counters);
            if (!device.TryReturn())
                continue;
            Add(device);
            return true;
        }

        return false;
    }

    /// <summary>Lets go of the disks behind a function on PCI.</summary>
    public void RemoveFrom(PciFunction function)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            IBlockDevice device = _queues[i].Device;
            if (_queues[i].Source == function && Remove(device))
                Log.Info(device.Name, $"taken away");
        }
    }

    /// <summary>Frees a queue that was closed of what is open on it.</summary>
    /// <returns>False for the first such queue: that is the one to which the others' disks are moved, for good.</returns>
    private bool TryMoveOpened(BlockQueue queue)
    {
        if (_nowhere is null)
        {
            _nowhere = queue;
            return false;
        }

        while (queue.Opened.Take() is { } disk)
            disk.MoveTo(_nowhere);
        return true;
    }

    /// <summary>The queue that a disk had when it went, unless the disk still has some of its requests.</summary>
    private BlockQueue? TakeGone(IBlockDevice device)
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            BlockQueue queue = _gone[i];
            if (queue.Device != device || queue.InFlight != 0)
                continue;
            _gone.RemoveAt(i);
            queue.Reopen(TakeSplitter(device.Limits));
            return queue;
        }

        return null;
    }

    private int IndexOf(IBlockDevice device)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_queues[i].Device == device)
                return i;
        }

        return -1;
    }

    /// <summary>Whether one of the disks has a name.</summary>
    internal bool HasName(string name)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_queues[i].Device.Name == name)
                return true;
        }

        return false;
    }

    private BlockSplitter? TakeSplitter(BlockLimits limits)
    {
        if (_spareSplitters is not { } splitter || !splitter.Suits(limits))
            return null;
        _spareSplitters = splitter.NextSpare;
        return splitter;
    }
}
