using Guest.Core.Randomness;
using Guest.Core.Scheduling;

namespace Guest.Core;

/// <summary>What belongs to one processor and to no other: its threads, what it polls, its timers, its random numbers. One processor runs for
/// now.</summary>
/// <remarks>Whatever belongs to a processor is told which one it is, and keeps what it needs of it on hot paths; <see cref="Current"/> is for
/// those that nobody told. Nothing here is ever reached from another processor. What all share is listed in kernel/README.md.</remarks>
public sealed class Processor
{
    private static Processor? s_current;

    /// <summary>A processor of a machine.</summary>
    public Processor(Platform platform)
    {
        RunLoop = new RunLoop(platform, Timers);
        Scheduler = new Scheduler(platform, RunLoop, Timers);
    }

    /// <summary>The one that runs this.</summary>
    public static Processor Current => s_current!;

    /// <summary>Who waits for time.</summary>
    public TimerQueue Timers { get; } = new();

    /// <summary>Who wants to be polled.</summary>
    public RunLoop RunLoop { get; }

    /// <summary>The threads.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>Numbers that nobody can guess; Boot seeds them.</summary>
    public RandomGenerator Random { get; } = new();

    /// <summary>Makes this the one that runs.</summary>
    internal static void Enter(Processor processor) => s_current = processor;
}
