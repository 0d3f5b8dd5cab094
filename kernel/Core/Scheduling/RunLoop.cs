using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Serves all that is not a thread: each pass gives every source one burst, and a machine with nothing to do is halted.</summary>
[EagerStaticClassConstruction]
public static class RunLoop
{
    private const int MaximumSources = 32;

    private static readonly IPollable[] s_sources = new IPollable[MaximumSources];
    private static DeferredWork? s_deferred;
    private static int s_count;
    private static bool s_again = true;

    /// <summary>Adds a source, for the machine's life.</summary>
    /// <exception cref="InvalidOperationException">There are 32 already.</exception>
    public static void Add(IPollable source)
    {
        if (s_count == MaximumSources)
            throw new InvalidOperationException("the run loop has room for 32 sources");
        s_sources[s_count++] = source;
    }

    /// <summary>Has something done once, at the beginning of the next pass, which comes before the machine idles.</summary>
    public static void Defer(DeferredWork work)
    {
        if (work.IsPending)
            return;
        work.IsPending = true;
        work.Next = s_deferred;
        s_deferred = work;
    }

    /// <summary>Gives every source a burst, at one reading of the clock.</summary>
    /// <returns>That reading.</returns>
    public static Instant Pass()
    {
        Instant now = Platform.Current.Now;
        bool again = s_deferred is not null;
        if (again)
            DoDeferred();
        for (int i = 0; i < s_count; i++)
            again |= s_sources[i].Poll(now);
        s_again = again;
        return now;
    }

    /// <summary>Halts until an interrupt or the earliest deadline, unless a source asked for another pass or has new work.</summary>
    internal static void IdleUnlessWork(Instant deadline)
    {
        if (s_again || s_deferred is not null)
            return;
        for (int i = 0; i < s_count; i++)
        {
            if (!s_sources[i].Arm())
                return;
            deadline = Instant.Earlier(deadline, s_sources[i].Deadline);
        }

        Platform.Current.Idle(deadline);
    }

    private static void DoDeferred()
    {
        // Work may defer work: that is for the pass after this one.
        DeferredWork? next = s_deferred;
        s_deferred = null;
        while (next is { } work)
        {
            next = work.Next;
            work.IsPending = false;
            work.Run();
        }
    }
}
