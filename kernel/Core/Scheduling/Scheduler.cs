using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Chooses which thread runs: whichever has been ready longest, until it waits.</summary>
/// <remarks>There is no idle thread. When nobody is ready, the run loop works on the stack of the thread that waited last; if what
/// it finds wakes that very thread, the thread goes on without a switch. A packet that arrives for the one application thread
/// therefore costs no context switch at all.</remarks>
[EagerStaticClassConstruction]
public static partial class Scheduler
{
    /// <summary>After so many switches in a row, or when interrupts are to be taken, the devices are polled even though threads are ready.</summary>
    private const int SwitchesBetweenPolls = 32;

    private static readonly WaitQueue s_nobodyWakes = new();
    private static readonly KernelThread s_first = new("main");
    private static ThreadList s_ready;
    private static KernelThread? s_ended;
    private static KernelThread? s_sleepers;
    private static Instant s_firstDeadline = Instant.Never;
    private static int s_switches;

    /// <summary>The running thread.</summary>
    public static KernelThread Current { get; private set; } = s_first;

    /// <summary>Whether this is a thread that was started, and may wait. What boot does before the first one runs has nobody to wait beside,
    /// and polls. (A source that is polled must not wait either way: it works on the stack of whichever thread waited last.)</summary>
    public static bool IsRunning => Current != s_first;

    /// <summary>Makes a thread that will run <paramref name="entry"/>, and puts it last among the ready ones.</summary>
    public static KernelThread Start(string name, Action entry)
    {
        KernelThread thread = TakeEnded() ?? new KernelThread(name);
        thread.Name = name;
        thread.Entry = entry;
        PrepareStack(thread);
        s_ready.Add(thread);
        return thread;
    }

    /// <summary>Waits until a deadline.</summary>
    public static void Sleep(Instant deadline) => s_nobodyWakes.Wait(deadline);

    /// <summary>Lets the other ready threads, those whose time has come, and the devices have their turn.</summary>
    public static void Yield()
    {
        PollDevices();
        s_ready.Add(Current);
        SwitchTo(s_ready.TakeFirst()!);
    }

    internal static void MakeReady(KernelThread thread)
    {
        thread.WaitingOn = null;
        s_ready.Add(thread);
    }

    /// <summary>Takes the running thread off the processor until <see cref="MakeReady"/> or its deadline.</summary>
    internal static bool Block(KernelThread thread, WaitQueue queue, Instant deadline)
    {
        thread.WaitingOn = queue;
        thread.TimedOut = false;
        if (!deadline.IsNever)
            AddSleeper(thread, deadline);
        RunNext();
        if (!deadline.IsNever)
            RemoveSleeper(thread);
        return !thread.TimedOut;
    }

    /// <summary>What a thread does from its first instruction to its last; the next one to be started gets its stack.</summary>
    private static void ThreadMain()
    {
        KernelThread thread = Current;
        thread.Entry!();
        thread.Entry = null;
        thread.Next = s_ended;
        s_ended = thread;
        RunNext();
    }

    /// <summary>An ended thread to use again, or null. Not the one that ended last while nobody runs yet: the run loop works on its stack,
    /// and what it polls may start a thread.</summary>
    private static KernelThread? TakeEnded()
    {
        KernelThread? last = s_ended;
        if (last is null || last != Current)
        {
            s_ended = last?.Next;
            return last;
        }

        KernelThread? before = last.Next;
        last.Next = before?.Next;
        return before;
    }

    /// <summary>Runs the thread that has been ready longest, once there is one; returns when the calling thread is run again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunNext()
    {
        while (true)
        {
            if (s_ready.IsEmpty || DevicesAreDue())
                ServeDevices();
            if (s_ready.TakeFirst() is not { } next)
                continue;
            SwitchTo(next);
            return;
        }
    }

    // Only asked where threads are ready: a machine with one thread does not pay for the clock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool DevicesAreDue() => ++s_switches >= SwitchesBetweenPolls || RunLoop.IsOverdue(Platform.Current.Now);

    // A thread that waits has mostly done all that the last pass brought. So the devices are asked whether there is more, and the
    // machine halts if there is not, before they are polled: an echo costs one pass, not a second one that finds nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ServeDevices()
    {
        if (s_ready.IsEmpty)
            RunLoop.IdleUnlessWork(s_firstDeadline);
        PollDevices();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PollDevices()
    {
        s_switches = 0;
        Instant now = RunLoop.Pass();
        if (now >= s_firstDeadline)
            WakeSleepers(now);
    }

    private static void AddSleeper(KernelThread thread, Instant deadline)
    {
        thread.Deadline = deadline;
        thread.NextSleeper = s_sleepers;
        s_sleepers = thread;
        s_firstDeadline = Instant.Earlier(s_firstDeadline, deadline);
    }

    private static void RemoveSleeper(KernelThread thread)
    {
        KernelThread? before = null;
        Instant first = Instant.Never;
        for (KernelThread? at = s_sleepers; at is not null; at = at.NextSleeper)
        {
            if (at != thread)
            {
                first = Instant.Earlier(first, at.Deadline);
                before = at;
            }
            else if (before is null)
            {
                s_sleepers = at.NextSleeper;
            }
            else
            {
                before.NextSleeper = at.NextSleeper;
            }
        }

        s_firstDeadline = first;
    }

    private static void WakeSleepers(Instant now)
    {
        Instant first = Instant.Never;
        for (KernelThread? at = s_sleepers; at is not null; at = at.NextSleeper)
        {
            if (at.WaitingOn is null)
                continue;
            if (at.Deadline > now)
            {
                first = Instant.Earlier(first, at.Deadline);
                continue;
            }

            at.TimedOut = true;
            at.WaitingOn.Remove(at);
            MakeReady(at);
        }

        s_firstDeadline = first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SwitchTo(KernelThread next)
    {
        KernelThread previous = Current;
        if (next == previous)
            return;
        Current = next;
        SwitchStacks(previous, next);
    }
}
