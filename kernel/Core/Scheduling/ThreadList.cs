using System.Runtime.CompilerServices;
using Guest.Core.Memory;

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
            Reference.Set(ref _first, thread);
        else
            Reference.Set(ref _last.Next, thread);
        Reference.Set(ref _last, thread);
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
}
