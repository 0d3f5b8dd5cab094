using System;
using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;

namespace Guest.Core.Diagnostics;

/// <summary>What a person types on the console: kept for the application line by line, except Ctrl-T, which asks the kernel how it is.</summary>
/// <remarks>The port is read only after an interrupt (or event) said that something was typed; a look at the console in every pass of the
/// run loop would cost an exit each time.</remarks>
[EagerStaticClassConstruction]
public sealed class ConsoleInput
{
    private const byte StatusRequest = 0x14;
    private const int Capacity = 1024;

    private readonly byte[] _bytes = new byte[Capacity];
    private readonly DeferredWork _read;
    private int _head;
    private int _count;

    private ConsoleInput() => _read = new DeferredWork(Read);

    /// <summary>The console of the machine.</summary>
    public static ConsoleInput Instance { get; } = new();

    /// <summary>Called when Ctrl-T was typed.</summary>
    public Action? OnStatusRequest { get; set; }

    /// <summary>Wakes who waits for a typed byte.</summary>
    public WaitQueue Arrived { get; } = new();

    /// <summary>Something was typed: the next pass reads it. Called from the console's interrupt.</summary>
    public static void Typed() => Processor.Current.RunLoop.Defer(Instance._read);

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

    private void Read()
    {
        for (int value = Platform.Current.ReadConsole(); value >= 0; value = Platform.Current.ReadConsole())
            Accept((byte)value);
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
