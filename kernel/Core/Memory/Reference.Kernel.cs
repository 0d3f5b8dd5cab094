using System.Runtime.CompilerServices;

namespace Guest.Core.Memory;

/// <summary>Stores references where a packet passes. Without a collector nobody has to hear of them.</summary>
public static class Reference
{
    /// <summary>Stores a reference by one instruction. An ordinary store is a call (the write barrier), around which nothing stays in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Set<T>(ref T? place, T? value)
        where T : class
    {
#pragma warning disable CS8500 // a pointer to a reference: objects do not move here
        // As a number: the compiler knows a reference, however it is pointed at.
        *(nint*)Unsafe.AsPointer(ref place) = *(nint*)&value;
#pragma warning restore CS8500
    }
}
