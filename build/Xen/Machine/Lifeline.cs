using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using System.Threading;
using Guest.Rig;

namespace Guest.Xen.Rig.Machine;

/// <summary>Starts processes that cannot outlive this one, even if it is killed.</summary>
/// <remarks>Linux tells a child of its parent's death when the parent <em>thread</em> ends (prctl(2), PR_SET_PDEATHSIG), so all
/// are started by one thread that lives as long as the process.</remarks>
internal static class Lifeline
{
    private static readonly BlockingCollection<Action> s_work = [];

    static Lifeline()
    {
        Thread thread = new(() =>
        {
            foreach (Action action in s_work.GetConsumingEnumerable())
                action();
        })
        { IsBackground = true, Name = "lifeline" };
        thread.Start();
    }

    /// <summary>Starts a program with its input, output and errors in our hands.</summary>
    /// <param name="prefix">A command that runs the program, such as <c>ip netns exec NAME</c>.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Process Start(IReadOnlyList<string> prefix, string program, IEnumerable<string> arguments)
    {
        List<string> command = [.. prefix, "setpriv", "--pdeathsig", "KILL", program, .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        TaskCompletionSource<Process> started = new();
        s_work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception cause)
            {
                started.SetException(cause);
            }
        });
        try
        {
            return started.Task.GetAwaiter().GetResult();
        }
        catch (System.ComponentModel.Win32Exception cause)
        {
            throw new RigException($"'{command[0]}' cannot be run ({cause.Message}).", cause);
        }
    }
}
