using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Serves all that is not a thread: each pass gives every source one burst, and a machine with nothing to do is halted.</summary>
public sealed class RunLoop
{
    private readonly Platform _platform;
    private readonly TimerQueue _timers;
    private readonly DeferredWork _closeGaps;

    // Null where a source was taken out, until the next pass begins. (An object that does nothing would make every call here a search for its
    // method, where an image has one kind of source.)
    private IPollable?[] _sources = new IPollable?[8];
    private DeferredWork? _deferred;
    private int _count;
    private bool _again = true;
    private Instant _listened;

    internal RunLoop(Platform platform, TimerQueue timers)
    {
        _platform = platform;
        _timers = timers;
        _closeGaps = new DeferredWork(CloseGaps);
    }

    /// <summary>Adds a source, behind all others; from within a pass, too.</summary>
    public void Add(IPollable source)
    {
        if (_count == _sources.Length)
        {
            IPollable?[] larger = new IPollable?[_count * 2];
            _sources.AsSpan().CopyTo(larger);
            _sources = larger;
        }

        _sources[_count++] = source;
    }

    /// <summary>Takes a source out; the others keep their order. From within a pass, too: the source is not called any more.</summary>
    /// <returns>False if it is not there.</returns>
    public bool Remove(IPollable source)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_sources[i] != source)
                continue;
            // A pass may be under way, and must find the sources behind this one where they were.
            _sources[i] = null;
            Defer(_closeGaps);
            return true;
        }

        return false;
    }

    /// <summary>How long what only an interrupt tells may go unheard. By time and not by a number of passes, since a pass may be long; rarely
    /// enough for a packet not to feel it.</summary>
    public static Duration ListenInterval => Duration.FromMilliseconds(2);

    /// <summary>Has something done once, at the beginning of the next pass, which comes before the machine idles.</summary>
    public void Defer(DeferredWork work)
    {
        if (work.IsPending)
            return;
        work.IsPending = true;
        work.Next = _deferred;
        _deferred = work;
    }

    /// <summary>Gives every source a burst and fires the timers that are due, at one reading of the clock. However busy the machine is, interrupts are taken every
    /// <see cref="ListenInterval"/>.</summary>
    /// <remarks>Timers come last: what arrived before a time-out counts as in time.</remarks>
    public void Pass()
    {
        Instant now = _platform.Now;
        if (IsOverdue(now))
            Listen(now);
        bool again = _deferred is not null;
        if (again)
            DoDeferred();
        for (int i = 0; i < _count; i++)
        {
            if (_sources[i] is { } source)
                again |= source.Poll(now);
        }

        _timers.Fire(now);
        _again = again;
    }

    /// <summary>Halts until an interrupt or the earliest timer, unless a source asked for another pass or has new work.</summary>
    internal void IdleUnlessWork()
    {
        if (_again || _deferred is not null)
            return;
        for (int i = 0; i < _count; i++)
        {
            if (_sources[i] is { } source && !source.Arm())
                return;
        }

        _platform.Idle(_timers.Earliest);
    }

    private void CloseGaps()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_sources[i] is { } source)
                _sources[kept++] = source;
        }

        _sources.AsSpan(kept, _count - kept).Clear();
        _count = kept;
    }

    /// <summary>Whether the last pass that took interrupts is too long ago.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsOverdue(Instant now) =>
        (ulong)(now.Nanoseconds - _listened.Nanoseconds) >= (ulong)ListenInterval.Nanoseconds;

    private void Listen(Instant now)
    {
        _listened = now;
        _platform.TakePending();
    }

    private void DoDeferred()
    {
        // Work may defer work: that is for the pass after this one.
        DeferredWork? next = _deferred;
        _deferred = null;
        while (next is { } work)
        {
            next = work.Next;
            work.IsPending = false;
            work.Run();
        }
    }
}
