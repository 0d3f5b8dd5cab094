using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Threads that wait for one thing to happen.</summary>
/// <remarks>A wake-up with nobody waiting is not remembered: check the condition, then wait, in a loop. Nothing can come between
/// the two, since threads are switched only where they wait and interrupts are taken only when all do.</remarks>
public sealed class WaitQueue
{
    private ThreadList _waiting;

    /// <summary>Whether a thread waits here.</summary>
    public bool HasWaiters => !_waiting.IsEmpty;

    /// <summary>Waits until woken or until a deadline; meanwhile other threads and the devices are served.</summary>
    /// <returns>False if the deadline passed first.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Wait(Instant deadline)
    {
        Scheduler scheduler = Processor.Current.Scheduler;
        KernelThread thread = scheduler.Current;
        _waiting.Add(thread);
        return scheduler.Block(thread, this, deadline);
    }

    /// <summary>Wakes the thread that has waited longest.</summary>
    public void WakeOne()
    {
        KernelThread? thread = _waiting.TakeFirst();
        thread?.Scheduler.MakeReady(thread);
    }

    /// <summary>Wakes every waiting thread.</summary>
    public void WakeAll()
    {
        while (_waiting.TakeFirst() is { } thread)
            thread.Scheduler.MakeReady(thread);
    }

    internal void Remove(KernelThread thread) => _waiting.Remove(thread);
}
