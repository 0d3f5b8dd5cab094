using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace System.Threading;

/// <summary>What a thread runs.</summary>
public delegate void ThreadStart();

/// <summary>A thread, by the BCL's names. It runs until it waits; nothing preempts it.</summary>
public sealed class Thread(ThreadStart start)
{
    private readonly WaitQueue _ended = new();
    private KernelThread? _thread;

    /// <summary>Its name; set it before <see cref="Start"/>.</summary>
    public string? Name { get; set; }

    /// <summary>Accepted for the BCL's sake: the machine ends when Main returns, whatever threads there are.</summary>
    public bool IsBackground { get; set; }

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsAlive => _thread is { HasEnded: false };

    /// <summary>Lets the calling thread wait.</summary>
    public static void Sleep(int millisecondsTimeout) =>
        Scheduler.Sleep(millisecondsTimeout == Timeout.Infinite
            ? Instant.Never
            : Platform.Current.Now + Duration.FromMilliseconds(millisecondsTimeout));

    /// <summary>Lets other threads and the devices have their turn.</summary>
    public static bool Yield()
    {
        Scheduler.Yield();
        return true;
    }

    /// <summary>Makes the thread ready to run.</summary>
    public void Start() => _thread = Scheduler.Start(Name ?? "thread", Run);

    /// <summary>Waits until the thread has ended.</summary>
    public void Join()
    {
        while (IsAlive)
            _ended.Wait(Instant.Never);
    }

    private void Run()
    {
        start();
        _thread!.HasEnded = true;
        _ended.WakeAll();
    }
}
