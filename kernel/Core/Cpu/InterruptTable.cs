using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>Who is asked when a vector fires. Vectors are given out one by one, and come back when nobody is asked any more; a
/// level-triggered line's handlers share one.</summary>
public sealed class InterruptTable
{
    /// <summary>The first vector that is not an exception's.</summary>
    public const int FirstVector = 32;

    /// <summary>The number of vectors that have entry code (Interrupts.S).</summary>
    public const int Vectors = 32;

    private readonly Registration?[] _handlers = new Registration?[Vectors];
    private uint _allocated; // a bit for each
    private Registration? _spare;

    /// <summary>Takes the lowest free vector, or returns -1.</summary>
    public int TryAllocate()
    {
        for (int i = 0; i < Vectors; i++)
        {
            if ((_allocated & (1u << i)) != 0)
                continue;
            _allocated |= 1u << i;
            return FirstVector + i;
        }

        return -1;
    }

    /// <summary>Adds a handler to a vector.</summary>
    public void Connect(int vector, IInterruptHandler handler, PathCounters counters)
    {
        ref Registration? first = ref _handlers[vector - FirstVector];
        Registration entry = _spare ?? new Registration();
        _spare = entry.Next;
        entry.Handler = handler;
        entry.Counters = counters;
        entry.Next = first;
        first = entry;
    }

    /// <summary>Takes a handler off the first vector that asks it.</summary>
    /// <returns>The vector, free again, if nobody else is asked there; -1 if others are; 0 if no vector asks it.</returns>
    /// <remarks>Whoever could raise a vector that is free again must be silenced first, or at once.</remarks>
    public int Disconnect(IInterruptHandler handler)
    {
        for (int i = 0; i < Vectors; i++)
        {
            if (TryRemove(ref _handlers[i], handler) is not { } removed)
                continue;
            removed.Next = _spare;
            _spare = removed;
            if (_handlers[i] is not null)
                return -1;
            _allocated &= ~(1u << i);
            return FirstVector + i;
        }

        return 0;
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

    private static Registration? TryRemove(ref Registration? first, IInterruptHandler handler)
    {
        if (first?.Handler == handler)
        {
            Registration removed = first;
            first = removed.Next;
            return removed;
        }

        for (Registration? entry = first; entry?.Next is { } next; entry = next)
        {
            if (next.Handler == handler)
            {
                entry.Next = next.Next;
                return next;
            }
        }

        return null;
    }

    private sealed class Registration
    {
        public IInterruptHandler Handler = null!;
        public PathCounters Counters = null!;
        public Registration? Next;
    }
}
