using System.Runtime.CompilerServices;

namespace Guest.Core.Scheduling;

/// <summary>Threads in the order in which they came, linked through <see cref="KernelThread.Next"/>.</summary>
internal struct ThreadList
{
    private KernelThread? _first;
    private KernelThread? _last;

    public readonly bool IsEmpty => _first is null;

    public void Add(KernelThread thread)
    {
        thread.Next = null;
        if (_last is null)
            _first = thread;
        else
            _last.Next = thread;
        _last = thread;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public KernelThread? TakeFirst()
    {
        KernelThread? thread = _first;
        if (thread is null)
            return null;
        if (thread == _last)
            _first = _last = null;
        else
            _first = thread.Next;
        thread.Next = null;
        return thread;
    }

    public void Remove(KernelThread thread)
    {
        KernelThread? before = null;
        KernelThread? at = _first;
        while (at is not null && at != thread)
        {
            before = at;
            at = at.Next;
        }

        if (at is null)
            return;
        if (before is null)
            _first = at.Next;
        else
            before.Next = at.Next;
        if (_last == at)
            _last = before;
        at.Next = null;
    }
}
