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
    private bool _wasStarted;
    private bool _hasEnded;

    /// <summary>Its name; set it before <see cref="Start"/>.</summary>
    public string? Name { get; set; }

    /// <summary>Accepted for the BCL's sake: the machine ends when Main returns, whatever threads there are.</summary>
    public bool IsBackground { get; set; }

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsAlive => _wasStarted && !_hasEnded;

    /// <summary>Lets the calling thread wait; for no time at all, lets others have their turn.</summary>
    public static void Sleep(int millisecondsTimeout)
    {
        if (millisecondsTimeout == 0)
            Processor.Current.Scheduler.Yield();
        else
            Processor.Current.Scheduler.Sleep(Timeout.After(millisecondsTimeout));
    }

    /// <summary>Lets other threads and the devices have their turn.</summary>
    public static bool Yield()
    {
        Processor.Current.Scheduler.Yield();
        return true;
    }

    /// <summary>Makes the thread ready to run.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        if (_wasStarted)
            throw new InvalidOperationException("a thread is started once");
        _wasStarted = true;
        Processor.Current.Scheduler.Start(Name ?? "thread", Run);
    }

    /// <summary>Waits until the thread has ended.</summary>
    public void Join() => Join(Timeout.Infinite);

    /// <summary>Waits until the thread has ended, or the time is over.</summary>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public bool Join(int millisecondsTimeout)
    {
        if (!_wasStarted)
            throw new InvalidOperationException("a thread that was not started does not end");
        Instant deadline = Timeout.After(millisecondsTimeout);
        while (!_hasEnded && _ended.Wait(deadline))
        {
        }

        return _hasEnded;
    }

    private void Run()
    {
        start();
        _hasEnded = true;
        _ended.WakeAll();
    }
}
