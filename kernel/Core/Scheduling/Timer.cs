using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Has something done when its time comes. Made once, by whoever waits; started and stopped at will, which takes no memory.</summary>
/// <param name="queue">The timers of the processor that does it.</param>
/// <param name="onDue">Does it, after the sources were polled; the timer is no longer started then, and may be started again. It must not wait.
/// Null for a source that only wants to be polled at that time: an idle machine wakes up, and that comes first.</param>
public sealed class Timer(TimerQueue queue, Action<Instant>? onDue = null)
{
    internal readonly Action<Instant>? OnDue = onDue;

    // Its place in the queue's heap: the first of those below it, and its neighbours among those below the same one; before the first stands that one.
    internal Timer? FirstBelow;
    internal Timer? Next;
    internal Timer? Before;

    /// <summary>When it is due; <see cref="Instant.Never"/> unless it is started.</summary>
    public Instant Deadline { get; internal set; } = Instant.Never;

    /// <summary>Whether it is started.</summary>
    public bool IsStarted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !Deadline.IsNever;
    }

    /// <summary>Has it come at a time, whenever it was to come before; <see cref="Instant.Never"/> stops it.</summary>
    public void Start(Instant deadline)
    {
        if (deadline == Deadline)
            return;
        if (IsStarted)
            queue.Remove(this);
        if (!deadline.IsNever)
            queue.Add(this, deadline);
    }

    /// <summary>Has it come no later than at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StartBy(Instant deadline)
    {
        if (deadline < Deadline)
            Start(deadline);
    }

    /// <summary>Has it not come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Stop()
    {
        if (IsStarted)
            queue.Remove(this);
    }
}
