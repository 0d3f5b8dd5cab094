using System.Runtime.CompilerServices;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Threads that wait for one thing to happen, and watchers of the same.</summary>
/// <remarks>A wake-up with nobody waiting is not remembered: check the condition, then wait, in a loop. Nothing can come between
/// the two, since threads are switched only where they wait and interrupts are taken only when all do.</remarks>
public sealed class WaitQueue
{
    // Watchers stand before all threads: a wake-up for one thread is told to every watcher, since none of them may be the last to hear of it.
    private WaitNode? _first;
    private WaitNode? _last;

    /// <summary>Whether a thread waits here, or a watcher watches.</summary>
    public bool HasWaiters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _first is not null;
    }

    /// <summary>Waits until woken or until a deadline; meanwhile other threads and the devices are served.</summary>
    /// <returns>False if the deadline passed first.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Wait(Instant deadline)
    {
        Scheduler scheduler = Processor.Current.Scheduler;
        KernelThread thread = scheduler.Current;
        AddLast(thread);
        return scheduler.Block(thread, deadline);
    }

    /// <summary>Wakes the thread that has waited longest, and tells every watcher.</summary>
    public void WakeOne()
    {
        if (_first is KernelThread thread)
            Wake(thread);
        else if (_first is not null)
            TellWatchersAndWakeOne();
    }

    /// <summary>Wakes every waiting thread, and tells every watcher.</summary>
    public void WakeAll()
    {
        WaitNode? node = TellWatchers();
        while (node is KernelThread thread)
        {
            node = thread.Following;
            Wake(thread);
        }
    }

    /// <summary>Lets a watcher be told of wake-ups until it is removed.</summary>
    /// <param name="watcher">It watches nothing else.</param>
    public void Add(Watcher watcher)
    {
        watcher.WaitingOn = this;
        watcher.Following = _first;
        if (_first is null)
            _last = watcher;
        else
            _first.Preceding = watcher;
        _first = watcher;
    }

    /// <summary>Takes a thread or a watcher off, if it is here.</summary>
    public void Remove(WaitNode node)
    {
        if (node.WaitingOn == this)
            Unlink(node);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddLast(KernelThread thread)
    {
        Reference.Set(ref thread.WaitingOn, this);
        if (_last is { } last)
        {
            Reference.Set(ref thread.Preceding, last);
            Reference.Set(ref last.Following, thread);
        }
        else
        {
            Reference.Set(ref _first, thread);
        }

        Reference.Set(ref _last, thread);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellWatchersAndWakeOne()
    {
        if (TellWatchers() is KernelThread thread)
            Wake(thread);
    }

    /// <summary>Tells every watcher.</summary>
    /// <returns>The first of the threads behind them, or null.</returns>
    private WaitNode? TellWatchers()
    {
        WaitNode? node = _first;
        while (node is Watcher watcher)
        {
            node = watcher.Following;
            watcher.OnWake();
        }

        return node;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Wake(KernelThread thread)
    {
        Unlink(thread);
        thread.Scheduler.MakeReady(thread);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Unlink(WaitNode node)
    {
        if (_first == _last)
            _first = _last = null;
        else
            UnlinkFromOthers(node);
        node.WaitingOn = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UnlinkFromOthers(WaitNode node)
    {
        if (node.Preceding is null)
            _first = node.Following;
        else
            node.Preceding.Following = node.Following;
        if (node.Following is null)
            _last = node.Preceding;
        else
            node.Following.Preceding = node.Preceding;
        node.Following = null;
        node.Preceding = null;
    }
}
