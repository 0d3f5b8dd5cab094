using System;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A thread: it runs until it waits. Its links are those of the one list that it is on: ready, waiting or ended.</summary>
/// <remarks>Memory is never collected, so the object serves the next thread that is started once this one has ended: who wants to know of the
/// end keeps that in an object of its own.</remarks>
public sealed partial class KernelThread
{
    internal Action? Entry;
    internal KernelThread? Next;
    internal WaitQueue? WaitingOn;
    internal bool TimedOut;
    internal bool HasStack;

    /// <summary>Whose it is.</summary>
    internal readonly Scheduler Scheduler;

    /// <summary>Ends its wait.</summary>
    internal readonly Timer TimeOut;

    internal KernelThread(Scheduler scheduler, TimerQueue timers, string name)
    {
        Scheduler = scheduler;
        Name = name;
        TimeOut = new Timer(timers, OnTimeOut);
    }

    /// <summary>The name shown to people.</summary>
    public string Name { get; internal set; }

    private void OnTimeOut(Instant now)
    {
        // It may have been woken in this very pass, and not had its turn yet.
        if (WaitingOn is not { } queue)
            return;
        TimedOut = true;
        queue.Remove(this);
        Scheduler.MakeReady(this);
    }
}
