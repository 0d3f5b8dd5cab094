using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>Who is asked when a vector fires. Vectors are given out one by one; a level-triggered line's handlers share one.</summary>
public sealed class InterruptTable
{
    /// <summary>The first vector that is not an exception's.</summary>
    public const int FirstVector = 32;

    /// <summary>The number of vectors that have entry code (Interrupts.S).</summary>
    public const int Vectors = 32;

    private readonly Registration?[] _handlers = new Registration?[Vectors];
    private int _allocated;

    /// <summary>Takes the next free vector, or returns -1.</summary>
    public int TryAllocate() => _allocated < Vectors ? FirstVector + _allocated++ : -1;

    /// <summary>Adds a handler to a vector.</summary>
    public void Connect(int vector, IInterruptHandler handler, PathCounters counters)
    {
        ref Registration? first = ref _handlers[vector - FirstVector];
        first = new Registration(handler, counters, first);
    }

    /// <summary>Asks the handlers of a vector, all of them: on a shared line several devices may have interrupted at once.</summary>
    /// <returns>Whether any of them said that its device did.</returns>
    public bool Dispatch(int vector)
    {
        bool handled = false;
        Registration? first = _handlers[vector - FirstVector];
        for (Registration? entry = first; entry is not null; entry = entry.Next)
        {
            if (!entry.Handler.OnInterrupt())
                continue;
            entry.Counters.Count(PathEvent.Interrupt);
            handled = true;
        }

        if (!handled)
            first?.Counters.Count(PathEvent.SpuriousInterrupt);
        return handled;
    }

    private sealed class Registration(IInterruptHandler handler, PathCounters counters, Registration? next)
    {
        public readonly IInterruptHandler Handler = handler;
        public readonly PathCounters Counters = counters;
        public readonly Registration? Next = next;
    }
}
