using System;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A thread: it runs until it waits. It is on one list at a time: of a <see cref="WaitQueue"/>, or of those that are ready or ended.</summary>
/// <remarks>Memory is never collected, so the object serves the next thread that is started once this one has ended: who wants to know of the
/// end keeps that in an object of its own.</remarks>
public sealed partial class KernelThread : WaitNode
{
    internal Action? Entry;
    internal KernelThread? Next;
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

    /// <summary>With what it waits for several things at once.</summary>
    public WaitSet WaitSet => field ??= new WaitSet();

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
