using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;

namespace Guest.Rig.Qemu;

/// <summary>A guest that a program drives: its console as lines, its monitor, its end. Every wait has a deadline, and one that fails
/// shows the console.</summary>
public sealed class QemuGuest : IDisposable
{
    private const int LinesInReport = 60;

    private readonly QemuProcess _qemu;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errors = new();
    private readonly Thread _consoleReader;
    private readonly Thread _errorReader;
    private int _seen;
    private bool _ended;

    private QemuGuest(QemuProcess qemu)
    {
        _qemu = qemu;
        _consoleReader = Reader("console", qemu.Process.StandardOutput, line =>
        {
            lock (_lines)
            {
                _lines.Add(line);
                Monitor.PulseAll(_lines);
            }
        });
        _errorReader = Reader("errors", qemu.Process.StandardError, line =>
        {
            lock (_errors)
                _errors.AppendLine(line);
        });
    }

    /// <summary>QEMU's monitor.</summary>
    public QmpClient Qmp => _qemu.Monitor;

    /// <summary>The process id of QEMU.</summary>
    public int ProcessId => _qemu.Process.Id;

    /// <summary>Whether QEMU still runs.</summary>
    public bool Runs => !_qemu.Process.HasExited;

    /// <summary>All lines of the console so far.</summary>
    public IReadOnlyList<string> Console
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Boots a machine.</summary>
    /// <param name="machine">What to boot.</param>
    /// <param name="prefix">A command that runs QEMU, such as a namespace's <c>ip netns exec NAME</c>.</param>
    public static QemuGuest Boot(QemuMachine machine, params IReadOnlyList<string> prefix) =>
        // In a session of its own, so that Ctrl-C at our terminal is ours to answer.
        new(QemuProcess.Start(machine, ConsoleOwner.Program, ["setsid", .. prefix]));

    /// <summary>Waits for the next line that matches, after the last line that was waited for.</summary>
    public string WaitForLine(string what, Func<string, bool> matches, TimeSpan patience)
    {
        Stopwatch waited = Stopwatch.StartNew();
        lock (_lines)
        {
            while (true)
            {
                for (; _seen < _lines.Count; _seen++)
                {
                    if (matches(_lines[_seen]))
                        return _lines[_seen++];
                }
                if (_ended)
                    throw new RigException($"The guest ended while {what} was awaited.\n{Report()}");
                TimeSpan left = patience - waited.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lines, left))
                    throw new RigException($"No {what} within {patience.TotalSeconds:0.#} s.\n{Report()}");
            }
        }
    }

    /// <summary>Waits for the next line that begins with <paramref name="start"/>.</summary>
    public string WaitForLine(string start, TimeSpan patience) =>
        WaitForLine($"line '{start}...'", line => line.StartsWith(start, StringComparison.Ordinal), patience);

    /// <summary>Types bytes on the guest's console.</summary>
    public void Type(ReadOnlySpan<byte> bytes)
    {
        Stream input = _qemu.Process.StandardInput.BaseStream;
        input.Write(bytes);
        input.Flush();
    }

    /// <summary>Waits until the guest has ended by itself.</summary>
    public GuestEnd WaitForEnd(TimeSpan patience)
    {
        if (!_qemu.Process.WaitForExit(patience))
            throw new RigException($"The guest still ran after {patience.TotalSeconds:0.#} s.\n{Report()}");
        _consoleReader.Join();
        return _qemu.WaitForEnd();
    }

    /// <summary>The last lines of the console and what QEMU itself said: for messages about failures.</summary>
    public string Report()
    {
        StringBuilder report = new();
        IReadOnlyList<string> lines = Console;
        report.AppendLine($"--- console, last {Math.Min(LinesInReport, lines.Count)} of {lines.Count} lines");
        foreach (string line in lines.TakeLast(LinesInReport))
            report.AppendLine(line);
        lock (_errors)
        {
            if (_errors.Length > 0)
                report.AppendLine("--- QEMU").Append(_errors);
        }
        return report.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _qemu.Dispose();
        _consoleReader.Join();
        _errorReader.Join();
    }

    private Thread Reader(string name, StreamReader source, Action<string> take)
    {
        Thread thread = new(() =>
        {
            try
            {
                while (source.ReadLine() is { } line)
                    take(line);
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException)
            {
                // Dispose closed the pipe.
            }
            lock (_lines)
            {
                _ended |= name == "console";
                Monitor.PulseAll(_lines);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}
