using System;
using System.Threading;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench;

/// <summary>Tells what failed of itself from what was cut off, and keeps one subject's failure from the others.</summary>
internal sealed class Attempts(CancellationToken stop)
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(200);

    /// <summary>Asked of a failure: whether it only comes of an end that was asked for. A terminal's Ctrl-C reaches the programs that we have
    /// started as soon as it reaches us, so the reason may come a moment later than what it caused.</summary>
    public bool IsStopping => stop.WaitHandle.WaitOne(s_moment);

    /// <summary>Does something with a subject that has not failed; if it fails there, that is its rows' failure, not the run's.</summary>
    public void Make(Subject subject, string what, Action action)
    {
        if (subject.Result.Failure is not null || stop.IsCancellationRequested)
            return;
        try
        {
            action();
        }
        catch (Exception) when (IsStopping)
        {
            // Cut off, and no failure of its own.
        }
        catch (Exception failure)
        {
            string[] said = failure.Message.Split('\n', 2);
            string reason = $"{what}: {said[0]}";
            subject.Result.Console = said.Length > 1 ? said[1] : subject.Report();
            // What does not answer may still keep a processor busy, and disturb the others.
            subject.Dispose();
            subject.Result.Failure = reason;
            Say.Error($"{subject.Result.Name} failed in {reason}");
        }
    }
}
