using System;
using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A thread: it runs until it waits. Its links are those of the one list that it is on: ready, waiting or ended.</summary>
/// <remarks>Memory is never collected, so the object and its stack serve the next thread that is started once this one has ended: who wants
/// to know of the end keeps that in an object of its own.</remarks>
public sealed partial class KernelThread
{
    internal Action? Entry;
    internal KernelThread? Next;
    internal KernelThread? NextSleeper;
    internal WaitQueue? WaitingOn;
    internal Instant Deadline;
    internal bool TimedOut;

    internal KernelThread(string name) => Name = name;

    /// <summary>The name shown to people.</summary>
    public string Name { get; internal set; }
}
