using System.Runtime.CompilerServices;

namespace Guest.Core.Diagnostics;

/// <summary>What one device has cost so far, a count for every <see cref="PathEvent"/>.</summary>
/// <remarks>Only the doors (register windows, hypercalls, notifications, copies, checksums) count, and drivers reach hardware
/// through the doors alone; so a count cannot be forgotten. One instance a device, for the machine's life; a
/// device that comes after another of its name goes on with the other's.</remarks>
public sealed class PathCounters
{
    /// <summary>The number of kinds of event.</summary>
    public const int Kinds = (int)PathEvent.Reset + 1;

    private static PathCounters? s_last;
    private Counts _counts;

    /// <summary>Begins to count for a device.</summary>
    /// <param name="name">The device's name as it is shown to people: <c>virtio-net0</c>.</param>
    public PathCounters(string name)
    {
        Name = name;
        Previous = s_last;
        s_last = this;
    }

    /// <summary>The device that was made last; <see cref="Previous"/> leads to all others.</summary>
    public static PathCounters? Last => s_last;

    /// <summary>The device that was made before this one.</summary>
    public PathCounters? Previous { get; }

    /// <summary>The device's name.</summary>
    public string Name { get; }

    /// <summary>The count of one kind.</summary>
    public long this[PathEvent kind] => _counts[(int)kind];

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
