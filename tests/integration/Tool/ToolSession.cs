using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Guest.Rig;

namespace Guest.Integration.Tests.Tool;

/// <summary><c>./guest</c> as a person starts it: what it and the guest say, as it comes, and what is typed.</summary>
internal sealed class ToolSession : IDisposable
{
    // The tool may find an image older than its sources, and build first.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Thread[] _readers;

    private ToolSession(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _readers = [Reader(_process.StandardOutput), Reader(_process.StandardError)];
    }

    /// <summary>The tool's process, where it was started without a terminal.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it ended with.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that was said so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>The command that starts the tool, without the launcher, which would build.</summary>
    public static string Command => $"dotnet {Path.Combine(AppContext.BaseDirectory, "Guest.Tool.dll")}";

    /// <summary>Starts the tool with its output in pipes.</summary>
    public static ToolSession Start(params string[] arguments) =>
        new(new ProcessStartInfo("setsid", ["--wait", .. Command.Split(' '), .. arguments]));

    /// <summary>Runs a shell script in a terminal of its own: <c>script</c> makes a pty.</summary>
    public static ToolSession InTerminal(string script)
    {
        ProcessStartInfo start = new("script", ["--quiet", "--return", "--flush", "--command", script, "/dev/null"]);
        start.Environment["SHELL"] = "/bin/sh";
        return new ToolSession(start);
    }

    /// <summary>Waits until something like this was said.</summary>
    public Match WaitFor(string pattern)
    {
        Stopwatch waited = Stopwatch.StartNew();
        lock (_said)
        {
            while (true)
            {
                if (Regex.Match(_said.ToString(), pattern) is { Success: true } match)
                    return match;
                TimeSpan left = s_patience - waited.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_said, left))
                    throw new RigException($"Nothing like '{pattern}' within {s_patience.TotalSeconds} s:\n{_said}");
            }
        }
    }

    /// <summary>Types on the terminal.</summary>
    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the end and returns everything that was said.</summary>
    public string WaitForEnd()
    {
        if (!_process.WaitForExit(s_patience))
            throw new RigException($"It still runs after {s_patience.TotalSeconds} s:\n{Said}");
        foreach (Thread reader in _readers)
            reader.Join();
        return Said;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        foreach (Thread reader in _readers)
            reader.Join();
        _process.Dispose();
    }

    private Thread Reader(StreamReader source)
    {
        Thread thread = new(() =>
        {
            char[] buffer = new char[1024];
            int length;
            while ((length = source.Read(buffer)) > 0)
            {
                lock (_said)
                {
                    _said.Append(buffer.AsSpan(0, length));
                    Monitor.PulseAll(_said);
                }
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }
}
