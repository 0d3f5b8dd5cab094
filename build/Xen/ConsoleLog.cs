using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using Guest.Rig;

namespace Guest.Xen.Rig;

/// <summary>What a console has said: its complete lines, and the line just begun. One thread adds, any may wait.</summary>
public sealed class ConsoleLog
{
    private readonly string _name;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _unfinished = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly Action<ReadOnlySpan<byte>>? _copy;
    private bool _ended;

    /// <summary>Begins one.</summary>
    /// <param name="name">What speaks there, for messages.</param>
    /// <param name="copy">Who is given everything as it comes, too: for a person's terminal.</param>
    public ConsoleLog(string name, Action<ReadOnlySpan<byte>>? copy = null)
    {
        _name = name;
        _copy = copy;
    }

    /// <summary>How many lines there are, the unfinished one not counted: a place to wait from.</summary>
    public int Count
    {
        get
        {
            lock (_lines)
                return _lines.Count;
        }
    }

    /// <summary>All complete lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Adds what arrived.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _copy?.Invoke(bytes);
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        lock (_lines)
        {
            int count = _decoder.GetChars(bytes, characters, flush: false);
            foreach (char character in characters.AsSpan(0, count))
            {
                if (character == '\n')
                {
                    _lines.Add(_unfinished.ToString());
                    _unfinished.Clear();
                }
                else if (character != '\r')
                {
                    _unfinished.Append(character);
                }
            }
            Monitor.PulseAll(_lines);
        }
    }

    /// <summary>Says that nothing more will come.</summary>
    public void End()
    {
        lock (_lines)
        {
            _ended = true;
            Monitor.PulseAll(_lines);
        }
    }

    /// <summary>Waits for a line that holds <paramref name="text"/> and returns it; an unfinished line will do.</summary>
    /// <param name="text">What the line must hold.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="from">The first line to look at: an earlier <see cref="Count"/>.</param>
    public string WaitFor(string text, TimeSpan patience, int from = 0) =>
        WaitFor($"'{text}'", line => line.Contains(text, StringComparison.Ordinal), patience, from);

    /// <summary>Waits for a line that satisfies something and returns it.</summary>
    /// <param name="what">What is awaited, for the message if it does not come.</param>
    /// <param name="matches">Whether a line is that.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="from">The first line to look at: an earlier <see cref="Count"/>.</param>
    /// <param name="whole">Whether the line must have ended, so that it is before the <see cref="Count"/> that follows.</param>
    public string WaitFor(string what, Func<string, bool> matches, TimeSpan patience, int from = 0, bool whole = false)
    {
        Stopwatch waited = Stopwatch.StartNew();
        lock (_lines)
        {
            while (true)
            {
                for (; from < _lines.Count; from++)
                {
                    if (matches(_lines[from]))
                        return _lines[from];
                }
                string unfinished = _unfinished.ToString();
                if (!whole && matches(unfinished))
                    return unfinished;
                TimeSpan left = patience - waited.Elapsed;
                if (_ended || left <= TimeSpan.Zero)
                {
                    string why = _ended ? "ended" : $"did not say so within {patience.TotalSeconds:0.#} s";
                    throw new RigException($"{what} was awaited on the console of {_name}, which {why}.\n{Tail()}");
                }
                Monitor.Wait(_lines, left);
            }
        }
    }

    /// <summary>The last lines, under a heading: for messages about failures.</summary>
    public string Tail(int lines = 40)
    {
        lock (_lines)
        {
            string heading = $"--- console of {_name}, last {Math.Min(lines, _lines.Count)} of {_lines.Count} lines";
            return string.Join('\n', [heading, .. _lines.TakeLast(lines), _unfinished.ToString()]);
        }
    }
}
