using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>The timers of a processor that are started: the earliest is always known exactly, since an idle machine sleeps until then.</summary>
/// <remarks>
/// A pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986) whose links are the timers' own. Starting one is a comparison and a few links, and
/// so is stopping one that has none below it: most have none, since those that were started later and end later hang below the root. Taking
/// the earliest costs the logarithm of how many there are, amortised, whatever the order in which a peer has them started and stopped. Why no wheel: docs/decisions/0048.
/// </remarks>
public sealed class TimerQueue
{
    private Timer? _root;
    private Instant _firingUntil = new(long.MinValue);

    /// <summary>When the earliest is due; <see cref="Instant.Never"/> if none is started.</summary>
    public Instant Earliest { get; private set; } = Instant.Never;

    /// <summary>How many were fired so far.</summary>
    public long Fired { get; private set; }

    /// <summary>Fires those that are due: usually one comparison. One that is started meanwhile waits for the next call, even if it is due.</summary>
    /// <returns>Whether there were any.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Fire(Instant now) => now >= Earliest && FireEach(now);

    internal void Add(Timer timer, Instant deadline)
    {
        if (deadline <= _firingUntil)
            deadline = new Instant(_firingUntil.Nanoseconds + 1);
        timer.Deadline = deadline;
        SetRoot(_root is null ? timer : Join(_root, timer));
    }

    internal void Remove(Timer timer)
    {
        Timer? below = JoinAll(timer.FirstBelow);
        timer.FirstBelow = null;
        timer.Deadline = Instant.Never;
        if (timer == _root)
        {
            SetRoot(below);
            return;
        }

        if (timer.Before!.FirstBelow == timer)
            timer.Before.FirstBelow = timer.Next;
        else
            timer.Before.Next = timer.Next;
        if (timer.Next is not null)
            timer.Next.Before = timer.Before;
        timer.Next = null;
        timer.Before = null;
        if (below is not null)
            SetRoot(Join(_root!, below));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FireEach(Instant now)
    {
        _firingUntil = now;
        do
        {
            Timer timer = _root!;
            Fired++;
            Remove(timer);
            timer.OnDue?.Invoke(now);
        }
        while (now >= Earliest);
        _firingUntil = new Instant(long.MinValue);
        return true;
    }

    private void SetRoot(Timer? root)
    {
        _root = root;
        Earliest = root is null ? Instant.Never : root.Deadline;
    }

    /// <summary>Makes one heap of two: the later root hangs below the earlier one.</summary>
    private static Timer Join(Timer a, Timer b)
    {
        if (b.Deadline < a.Deadline)
            (a, b) = (b, a);
        b.Before = a;
        b.Next = a.FirstBelow;
        if (b.Next is not null)
            b.Next.Before = b;
        a.FirstBelow = b;
        return a;
    }

    /// <summary>Makes one heap of neighbours: in pairs from the first on, then each pair with the ones before it.</summary>
    private static Timer? JoinAll(Timer? first)
    {
        Timer? pairs = null;
        while (first is not null)
        {
            Timer one = first;
            Timer? other = one.Next;
            first = other?.Next;
            one.Next = null;
            one.Before = null;
            if (other is not null)
            {
                other.Next = null;
                other.Before = null;
                one = Join(one, other);
            }

            one.Next = pairs;
            pairs = one;
        }

        Timer? whole = null;
        while (pairs is { } pair)
        {
            pairs = pair.Next;
            pair.Next = null;
            whole = whole is null ? pair : Join(whole, pair);
        }

        return whole;
    }
}
