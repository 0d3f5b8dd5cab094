using System.Runtime.CompilerServices;

namespace Guest.Core.Diagnostics;

/// <summary>What one device has cost so far, a count for every <see cref="PathEvent"/>.</summary>
/// <remarks>Only the doors (register windows, hypercalls, notifications, copies, checksums) count, and drivers reach hardware
/// through the doors alone; so a count cannot be forgotten. One instance a device, for the machine's life; a
/// device that comes after another of its name goes on with the other's. What belongs to one of a device's queues is counted there
/// (<see cref="Queue"/>), so that each queue can be served by a processor of its own; the device's counts are the sums.</remarks>
public sealed class PathCounters
{
    /// <summary>The number of kinds of event.</summary>
    public const int Kinds = (int)PathEvent.Reset + 1;

    private static PathCounters? s_last;
    private readonly int _queue;
    private PathCounters? _queues;
    private Counts _counts;

    /// <summary>Begins to count for a device.</summary>
    /// <param name="name">The device's name as it is shown to people: <c>virtio-net0</c>.</param>
    public PathCounters(string name)
    {
        Name = name;
        Previous = s_last;
        s_last = this;
    }

    private PathCounters(PathCounters device, int queue)
    {
        Name = device.Name;
        Previous = device._queues;
        _queue = queue;
    }

    /// <summary>The device that was made last; <see cref="Previous"/> leads to all others.</summary>
    public static PathCounters? Last => s_last;

    /// <summary>The device, or of a device the queue, that was made before this one.</summary>
    public PathCounters? Previous { get; }

    /// <summary>The device's name.</summary>
    public string Name { get; }

    /// <summary>The count of one kind, of the device and all of its queues.</summary>
    public long this[PathEvent kind]
    {
        get
        {
            long sum = Own(kind);
            for (PathCounters? queue = _queues; queue is not null; queue = queue.Previous)
                sum += queue.Own(kind);
            return sum;
        }
    }

    /// <summary>The count of one kind without that of the queues: of an event that no queue has, all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Own(PathEvent kind) => Unsafe.Add(ref _counts.First, (int)kind);

    /// <summary>What a queue of the device counts: the same whenever it is asked for.</summary>
    /// <param name="number">Which queue.</param>
    public PathCounters Queue(int number)
    {
        PathCounters? queue = _queues;
        while (queue is not null && queue._queue != number)
            queue = queue.Previous;
        return queue ?? (_queues = new PathCounters(this, number));
    }

    /// <summary>Counts one event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(PathEvent kind) => Unsafe.Add(ref _counts.First, (int)kind)++;

    /// <summary>Counts <paramref name="amount"/> events, or bytes for the kinds that count bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(PathEvent kind, long amount) => Unsafe.Add(ref _counts.First, (int)kind) += amount;

    // Inside the object, and reached without a check of the index, which is a PathEvent: a count is one instruction.
    [InlineArray(Kinds)]
    private struct Counts
    {
        public long First;
    }
}
