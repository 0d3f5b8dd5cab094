using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Guest.Rig.Qemu;

namespace Guest.Rig.Host;

/// <summary>Starts programs that run for long, machines and builds, so that none outlives this process, even if it is killed; and ends them all
/// when somebody does not want to wait for them any longer.</summary>
/// <remarks>Linux tells a child of its parent's death when the parent <em>thread</em> ends (prctl(2), PR_SET_PDEATHSIG), so all
/// are started by one thread that lives as long as the process.</remarks>
public static class Lifeline
{
    private static readonly BlockingCollection<Action> s_work = [];
    private static readonly ConcurrentDictionary<Process, bool> s_running = [];
    private static volatile bool s_cut;

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

    /// <summary>Whether <see cref="Cut"/> has been called.</summary>
    public static bool IsCut => s_cut;

    /// <summary>Starts a program with its output in our hands.</summary>
    /// <param name="prefix">A command that runs the program, such as <c>ip netns exec NAME</c>.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="owner">Whether its input and errors are in our hands too, or this process's own.</param>
    public static Process Start(
        IReadOnlyList<string> prefix, string program, IEnumerable<string> arguments, ConsoleOwner owner = ConsoleOwner.Program)
    {
        List<string> command = [.. prefix, "setpriv", "--pdeathsig", "KILL", program, .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = owner == ConsoleOwner.Program,
            RedirectStandardOutput = true,
            RedirectStandardError = owner == ConsoleOwner.Program,
        };
        TaskCompletionSource<Process> started = new();
        s_work.Add(() =>
        {
            try
            {
                Process process = Process.Start(start)!;
                s_running[process] = true;
                process.Exited += (_, _) => s_running.TryRemove(process, out _);
                process.EnableRaisingEvents = true;
                if (s_cut)
                    Kill(process);
                started.SetResult(process);
            }
            catch (Win32Exception cause)
            {
                started.SetException(new RigException($"'{command[0]}' cannot be run ({cause.Message}). './guest doctor' lists what is needed.", cause));
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>Ends everything that was started here, with what it has started itself, and whatever will be started: whoever waits for it finds
    /// it gone.</summary>
    public static void Cut()
    {
        s_cut = true;
        foreach (Process process in s_running.Keys)
            Kill(process);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended, or was disposed of, in this moment.
        }
    }
}
