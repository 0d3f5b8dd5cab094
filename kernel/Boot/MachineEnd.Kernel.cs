using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Boot;

/// <summary>The one way in which the machine ends but for a panic: the application's handlers run, the disks are flushed, and the platform ends it.</summary>
internal sealed class MachineEnd
{
    /// <summary>How long the application's handlers may take, and the flushing after them: what containers are given between the word and the end.</summary>
    private static readonly Duration s_patience = Duration.FromSeconds(10);

    /// <summary>The greatest exit code that has a way out of the machine (<see cref="Platform.Shutdown"/>): one above must not come out as another,
    /// least of all as success.</summary>
    private const int MostExitCode = 127;

    private static MachineEnd? s_begun;

    private readonly ShutdownReason _reason;
    private readonly int _exitCode;

    private MachineEnd(ShutdownReason reason, int exitCode)
    {
        _reason = reason;
        _exitCode = exitCode;
    }

    /// <summary>Has every disk write down what it was given; null in an image without disks.</summary>
    public static Action? FlushDisks { get; set; }

    /// <summary>Begins the end, in a thread of its own: this returns, and may be called from the run loop. Once begun, it is not begun again.</summary>
    public static void Begin(ShutdownReason reason, int exitCode)
    {
        if (s_begun is not null)
            return;
        if (exitCode is < 0 or > MostExitCode)
        {
            Log.Warn("end", $"exit code {exitCode} cannot be told to anybody: it becomes {MostExitCode}");
            exitCode = MostExitCode;
        }

        s_begun = new MachineEnd(reason, exitCode);
        Processor.Current.Scheduler.Start("end", s_begun.Run);
    }

    /// <summary>Ends the machine with an exit code, and does not return: the calling thread has nothing left to do.</summary>
    public static void Exit(int exitCode)
    {
        Begin(ShutdownReason.PowerOff, exitCode);
        Processor.Current.Scheduler.Sleep(Instant.Never);
    }

    private void Run()
    {
        if (AppDomain.CurrentDomain.HasExitHandlers)
            Do("exit handlers", AppDomain.CurrentDomain.RaiseProcessExit);
        if (FlushDisks is { } flush)
            Do("flush", flush);
        Platform.Current.Shutdown(_reason, _exitCode);
    }

    /// <summary>Does one step in a thread of its own, so that one which does not end cannot keep the machine from ending.</summary>
    private static void Do(string name, Action action)
    {
        Step step = new(action);
        Instant deadline = Platform.Current.Now + s_patience;
        Processor.Current.Scheduler.Start(name, step.Run);
        while (!step.IsDone)
        {
            if (step.Done.Wait(deadline))
                continue;
            Log.Warn("end", $"{name}: not done after {s_patience.Seconds} s, and not waited for any longer");
            return;
        }
    }

    private sealed class Step(Action action)
    {
        public bool IsDone { get; private set; }

        public WaitQueue Done { get; } = new();

        public void Run()
        {
            action();
            IsDone = true;
            Done.WakeAll();
        }
    }
}
