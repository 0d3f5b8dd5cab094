using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Chooses which thread runs: whichever has been ready longest, until it waits.</summary>
/// <remarks>There is no idle thread. When nobody is ready, the run loop works on the stack of the thread that waited last; if what
/// it finds wakes that very thread, the thread goes on without a switch. A packet that arrives for the one application thread
/// therefore costs no context switch at all.</remarks>
public sealed partial class Scheduler
{
    /// <summary>After so many switches in a row, or when interrupts are to be taken, the devices are polled even though threads are ready.</summary>
    private const int SwitchesBetweenPolls = 32;

    /// <summary>How many stacks of ended threads are kept for those that are started next; the others' memory is given back.</summary>
    private const int MostSpareStacks = 8;

    private readonly Platform _platform;
    private readonly RunLoop _loop;
    private readonly TimerQueue _timers;
    private readonly WaitQueue _nobodyWakes = new();
    private readonly KernelThread _first;
    private ThreadList _ready;

    // Ended threads, to be used again: those that have their stack still, the last one first, and those that have none.
    private KernelThread? _ended;
    private KernelThread? _endedWithoutStack;
    private int _spareStacks;
    private int _switches;

    internal Scheduler(Platform platform, RunLoop loop, TimerQueue timers)
    {
        _platform = platform;
        _loop = loop;
        _timers = timers;
        _first = new KernelThread(this, timers, "main");
        Current = _first;
    }

    /// <summary>The running thread.</summary>
    public KernelThread Current { get; private set; }

    /// <summary>Whether this is a thread that was started, and may wait. What boot does before the first one runs has nobody to wait beside,
    /// and polls. (A source that is polled must not wait either way: it works on the stack of whichever thread waited last.)</summary>
    public bool IsRunning => Current != _first;

    /// <summary>Makes a thread that will run <paramref name="entry"/>, and puts it last among the ready ones.</summary>
    public KernelThread Start(string name, Action entry)
    {
        KernelThread thread = TakeEnded() ?? new KernelThread(this, _timers, name);
        thread.Name = name;
        thread.Entry = entry;
        if (!thread.HasStack)
        {
            AllocateStack(thread);
            thread.HasStack = true;
            StackCount++;
        }

        PrepareStack(thread);
        _ready.Add(thread);
        return thread;
    }

    /// <summary>Stacks that take memory: those of threads that run, and those that are kept.</summary>
    internal int StackCount { get; private set; }

    /// <summary>Waits until a deadline.</summary>
    public void Sleep(Instant deadline) => _nobodyWakes.Wait(deadline);

    /// <summary>Lets the other ready threads, those whose time has come, and the devices have their turn.</summary>
    public void Yield()
    {
        PollDevices();
        _ready.Add(Current);
        SwitchTo(_ready.TakeFirst()!);
    }

    internal void MakeReady(KernelThread thread) => _ready.Add(thread);

    /// <summary>Takes the running thread, which is on a queue, off the processor until <see cref="MakeReady"/> or its deadline.</summary>
    internal bool Block(KernelThread thread, Instant deadline)
    {
        thread.TimedOut = false;
        if (!deadline.IsNever)
            thread.TimeOut.Start(deadline);
        RunNext();
        if (!deadline.IsNever)
            thread.TimeOut.Stop();
        return !thread.TimedOut;
    }

    /// <summary>What a thread does from its first instruction to its last; one that is started later gets its stack.</summary>
    private void ThreadMain()
    {
        KernelThread thread = Current;
        thread.Entry!();
        thread.Entry = null;
        // Nobody works on the stack of one that ended before: this thread has run since.
        while (_spareStacks >= MostSpareStacks)
            FreeSpareStack();
        thread.Next = _ended;
        _ended = thread;
        _spareStacks++;
        RunNext();
    }

    private void FreeSpareStack()
    {
        KernelThread thread = _ended!;
        _ended = thread.Next;
        _spareStacks--;
        FreeStack(thread);
        thread.HasStack = false;
        StackCount--;
        thread.Next = _endedWithoutStack;
        _endedWithoutStack = thread;
    }

    /// <summary>An ended thread to use again, or null. Not with the stack of the one that ended last while nobody runs yet: the run loop works on
    /// it, and what it polls may start a thread.</summary>
    private KernelThread? TakeEnded()
    {
        KernelThread? taken;
        if (_ended is null || _ended != Current)
        {
            taken = _ended;
            _ended = taken?.Next;
        }
        else
        {
            taken = _ended.Next;
            _ended.Next = taken?.Next;
        }

        if (taken is not null)
        {
            _spareStacks--;
            return taken;
        }

        taken = _endedWithoutStack;
        _endedWithoutStack = taken?.Next;
        return taken;
    }

    /// <summary>Runs the thread that has been ready longest, once there is one; returns when the calling thread is run again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunNext()
    {
        while (true)
        {
            if (_ready.IsEmpty || DevicesAreDue())
                ServeDevices();
            if (_ready.TakeFirst() is not { } next)
                continue;
            SwitchTo(next);
            return;
        }
    }

    // Only asked where threads are ready: a machine with one thread does not pay for the clock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DevicesAreDue() => ++_switches >= SwitchesBetweenPolls || _loop.IsOverdue(_platform.Now);

    // A thread that waits has mostly done all that the last pass brought. So the devices are asked whether there is more, and the
    // machine halts if there is not, before they are polled: an echo costs one pass, not a second one that finds nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ServeDevices()
    {
        if (_ready.IsEmpty)
            _loop.IdleUnlessWork();
        PollDevices();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PollDevices()
    {
        _switches = 0;
        _loop.Pass();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SwitchTo(KernelThread next)
    {
        KernelThread previous = Current;
        if (next == previous)
            return;
        Current = next;
        SwitchStacks(previous, next);
    }
}
