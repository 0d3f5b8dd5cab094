using System;
using System.Runtime.CompilerServices;

namespace Guest.Interleaving.Tests;

/// <summary>Memory as two processors of an x86 see it: each has a buffer of stores that the other does not see until they leave it, in order; a
/// barrier empties it (Sewell and others, x86-TSO, 2010).</summary>
internal static unsafe class SharedMemory
{
    [ThreadStatic]
    private static Participant? t_self;

    /// <summary>Who runs on this thread; without one, memory is plain.</summary>
    public static Participant? Self
    {
        get => t_self;
        set => t_self = value;
    }

    public static T Read<T>(ref T at)
        where T : unmanaged
    {
        t_self?.Yield();
        return t_self is { } self && self.TryForward((nint)Unsafe.AsPointer(ref at), out ulong value) ? Unsafe.As<ulong, T>(ref value) : at;
    }

    public static void Write<T>(ref T at, T value)
        where T : unmanaged
    {
        if (t_self is not { } self)
        {
            at = value;
            return;
        }

        self.Yield();
        ulong bits = 0;
        Unsafe.As<ulong, T>(ref bits) = value;
        self.Store(new PendingStore((nint)Unsafe.AsPointer(ref at), bits, sizeof(T)));
    }

    public static void Barrier()
    {
        if (t_self is not { } self)
            return;
        self.Yield();
        while (self.HasStores)
            self.Drain();
    }
}
