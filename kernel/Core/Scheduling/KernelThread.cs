using System;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A thread: it runs until it waits. Its links are those of the one list that it is on, ready or waiting.</summary>
public sealed partial class KernelThread
{
    internal readonly Action? Entry;
    internal KernelThread? Next;
    internal KernelThread? NextSleeper;
    internal WaitQueue? WaitingOn;
    internal Instant Deadline;
    internal bool TimedOut;

    internal KernelThread(string name, Action? entry)
    {
        Name = name;
        Entry = entry;
    }

    /// <summary>The name shown to people.</summary>
    public string Name { get; }

    /// <summary>Whether its entry method has returned.</summary>
    public bool HasEnded { get; internal set; }
}
