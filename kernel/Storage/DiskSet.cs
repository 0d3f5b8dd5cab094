using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>The disks that were found, in the order in which they were; Boot fills it, and drivers add to it.</summary>
public sealed class DiskSet(Platform platform)
{
    private const int MaxDisks = 16;

    private readonly BlockQueue[] _queues = new BlockQueue[MaxDisks];

    /// <summary>How long a disk may take over one request.</summary>
    public Duration RequestTimeout { get; init; } = BlockQueue.UsualTimeout;

    /// <summary>The number of disks.</summary>
    public int Count { get; private set; }

    /// <summary>The queue before a disk.</summary>
    public BlockQueue this[int index] => _queues[index];

    /// <summary>Whether a disk is among them.</summary>
    public bool Contains(IBlockDevice device)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_queues[i].Device == device)
                return true;
        }

        return false;
    }

    /// <summary>Names the next disk of a kind, <c>ahci0</c> after none, and opens its account.</summary>
    public PathCounters NewCounters(string kind)
    {
        int number = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_queues[i].Device.Name.AsSpan().StartsWith(kind))
                number++;
        }

        return new PathCounters(kind + Decimal(number));
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

        if (Count == MaxDisks)
        {
            Log.Warn(device.Name, $"not used: there are {MaxDisks} disks already");
            return;
        }

        _queues[Count++] = new BlockQueue(device, platform) { AttemptTimeout = RequestTimeout };
        string readOnly = limits.ReadOnly ? ", read-only" : "";
        string serial = device.Identity.Serial.Length != 0 ? " serial " : "";
        Log.Info(
            device.Name,
            $"{limits.Capacity >> 10} KiB in sectors of {limits.LogicalSectorSize}{readOnly}, depth {limits.Depth}: "
            + $"{device.Identity.Model}{serial}{device.Identity.Serial}");
    }

    private static string Decimal(int number)
    {
        Span<char> digits = stackalloc char[2];
        digits[0] = (char)('0' + (number / 10));
        digits[1] = (char)('0' + (number % 10));
        return new string(number < 10 ? digits[1..] : digits);
    }
}
