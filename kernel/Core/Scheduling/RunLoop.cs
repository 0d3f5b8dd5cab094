using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Serves all that is not a thread: each pass gives every source one burst, and a machine with nothing to do is halted.</summary>
[EagerStaticClassConstruction]
public static class RunLoop
{
    private static readonly DeferredWork s_closeGaps = new(CloseGaps);
    // Null where a source was taken out, until the next pass begins. (An object that does nothing would make every call here a search for its
    // method, where an image has one kind of source.)
    private static IPollable?[] s_sources = new IPollable?[8];
    private static DeferredWork? s_deferred;
    private static int s_count;
    private static bool s_again = true;
    private static Instant s_listened;

    /// <summary>Adds a source, behind all others; from within a pass, too.</summary>
    public static void Add(IPollable source)
    {
        if (s_count == s_sources.Length)
        {
            IPollable?[] larger = new IPollable?[s_count * 2];
            s_sources.AsSpan().CopyTo(larger);
            s_sources = larger;
        }

        s_sources[s_count++] = source;
    }

    /// <summary>Takes a source out; the others keep their order. From within a pass, too: the source is not called any more.</summary>
    /// <returns>False if it is not there.</returns>
    public static bool Remove(IPollable source)
    {
        for (int i = 0; i < s_count; i++)
        {
            if (s_sources[i] != source)
                continue;
            // A pass may be under way, and must find the sources behind this one where they were.
            s_sources[i] = null;
            Defer(s_closeGaps);
            return true;
        }

        return false;
    }

    /// <summary>How long what only an interrupt tells may go unheard. By time and not by a number of passes, since a pass may be long; rarely
    /// enough for a packet not to feel it.</summary>
    public static Duration ListenInterval => Duration.FromMilliseconds(2);

    /// <summary>Has something done once, at the beginning of the next pass, which comes before the machine idles.</summary>
    public static void Defer(DeferredWork work)
    {
        if (work.IsPending)
            return;
        work.IsPending = true;
        work.Next = s_deferred;
        s_deferred = work;
    }

    /// <summary>Gives every source a burst, at one reading of the clock. However busy the machine is, interrupts are taken every
    /// <see cref="ListenInterval"/>.</summary>
    /// <returns>That reading.</returns>
    public static Instant Pass()
    {
        Instant now = Platform.Current.Now;
        if (IsOverdue(now))
            Listen(now);
        bool again = s_deferred is not null;
        if (again)
            DoDeferred();
        for (int i = 0; i < s_count; i++)
        {
            if (s_sources[i] is { } source)
                again |= source.Poll(now);
        }

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
            if (s_sources[i] is not { } source)
                continue;
            if (!source.Arm())
                return;
            deadline = Instant.Earlier(deadline, source.Deadline);
        }

        Platform.Current.Idle(deadline);
    }

    private static void CloseGaps()
    {
        int kept = 0;
        for (int i = 0; i < s_count; i++)
        {
            if (s_sources[i] is { } source)
                s_sources[kept++] = source;
        }

        s_sources.AsSpan(kept, s_count - kept).Clear();
        s_count = kept;
    }

    /// <summary>Whether the last pass that took interrupts is too long ago.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsOverdue(Instant now) =>
        (ulong)(now.Nanoseconds - s_listened.Nanoseconds) >= (ulong)ListenInterval.Nanoseconds;

    private static void Listen(Instant now)
    {
        s_listened = now;
        Platform.Current.TakePending();
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
