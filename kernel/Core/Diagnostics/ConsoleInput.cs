using System;
using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Core.Diagnostics;

/// <summary>What a person types on the console: kept for the application line by line, except Ctrl-T, which asks the kernel how it is.</summary>
/// <remarks>The port is read only after an interrupt (or event) said that something was typed; otherwise a look at the console
/// would cost an exit in every pass of the run loop.</remarks>
[EagerStaticClassConstruction]
public sealed class ConsoleInput : IPollable
{
    private const byte StatusRequest = 0x14;
    private const int Capacity = 1024;

    private static bool s_typed;
    private readonly byte[] _bytes = new byte[Capacity];
    private int _head;
    private int _count;

    /// <summary>The console of the machine.</summary>
    public static ConsoleInput Instance { get; } = new();

    /// <summary>Called when Ctrl-T was typed.</summary>
    public Action? OnStatusRequest { get; set; }

    /// <summary>Wakes who waits for a typed byte.</summary>
    public WaitQueue Arrived { get; } = new();

    /// <inheritdoc/>
    public Instant Deadline => Instant.Never;

    /// <summary>Something was typed: the next pass reads it. Called from the console's interrupt.</summary>
    public static void Typed() => s_typed = true;

    /// <inheritdoc/>
    public bool Poll(Instant now)
    {
        if (!s_typed)
            return false;
        s_typed = false;
        for (int value = Platform.Current.ReadConsole(); value >= 0; value = Platform.Current.ReadConsole())
            Accept((byte)value);
        return true;
    }

    /// <inheritdoc/>
    public bool Arm() => !s_typed;

    /// <summary>Takes the oldest byte that was typed, or returns -1.</summary>
    public int TryRead()
    {
        if (_count == 0)
            return -1;
        byte value = _bytes[_head];
        _head = (_head + 1) % Capacity;
        _count--;
        return value;
    }

    private void Accept(byte value)
    {
        if (value == StatusRequest)
        {
            OnStatusRequest?.Invoke();
            return;
        }

        if (_count == Capacity)
            return;
        _bytes[(_head + _count++) % Capacity] = value;
        Arrived.WakeAll();
    }
}
