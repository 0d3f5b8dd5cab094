namespace System;

/// <summary>The program, as far as its end goes: there is one, for the machine's life.</summary>
public sealed class AppDomain
{
    private AppDomain()
    {
    }

    /// <summary>The one there is.</summary>
    public static AppDomain CurrentDomain { get; } = new();

    /// <summary>The program ends: its Main returned, it called <see cref="Environment.Exit"/>, or the machine was told to end (the power button,
    /// <c>xl shutdown</c>), which an ordinary process is told by SIGTERM. Handlers run on a thread of their own, and the machine waits for them
    /// for ten seconds; the disks are flushed afterwards. A panic does not come here.</summary>
    public event EventHandler? ProcessExit;

    /// <summary>Whether anybody wants to be told of the end.</summary>
    public bool HasExitHandlers => ProcessExit is not null;

    /// <summary>Tells the program of its end; the kernel calls it.</summary>
    public void RaiseProcessExit() => ProcessExit?.Invoke(this, EventArgs.Empty);
}
