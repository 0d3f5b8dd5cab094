using System.Threading;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Where <c>new</c> takes its memory: chunks, each from front to back, never given back.</summary>
/// <remarks>
/// A chunk must be mapped, writable and zero: clearing it at once takes less than clearing each object. Allocation is not for interrupt handlers, and there is one processor: a
/// thread is only switched away where it waits, so the words below need no lock.
/// </remarks>
[CompilerServices.EagerStaticClassConstruction]
public static unsafe class Arena
{
    private static byte* s_next;
    private static byte* s_limit;
    private static delegate*<ulong, out ulong, byte*> s_takeChunk;

    private static long s_allocatedBytes;
    private static long s_allocatedObjects;

    // Volatile, for compiled code believes that "new" changes no statics, and would read these once for before and after.

    /// <summary>Bytes allocated so far, with headers and padding.</summary>
    public static long AllocatedBytes => Volatile.Read(ref s_allocatedBytes);

    /// <summary>Objects, arrays and strings allocated so far.</summary>
    public static long AllocatedObjects => Volatile.Read(ref s_allocatedObjects);

    /// <summary>Says where chunks come from; before <see cref="StartupCode.Initialize"/>.</summary>
    /// <param name="takeChunk">Called with a least number of bytes; returns a cleared chunk, aligned to 16, and its size in bytes, or null if memory
    /// has run out.</param>
    public static void Initialize(delegate*<ulong, out ulong, byte*> takeChunk) => s_takeChunk = takeChunk;

    /// <summary>Takes zeroed memory for an object of <paramref name="size"/> bytes, header included, and makes it a
    /// <paramref name="type"/>.</summary>
    [CompilerServices.MethodImpl(CompilerServices.MethodImplOptions.AggressiveInlining)]
    internal static object Allocate(MethodTable* type, nuint size)
    {
        size = (size + 7) & ~(nuint)7;
        byte* start = s_next;
        if (size > (nuint)(s_limit - start))
            return AllocateFromNewChunk(type, size);
        s_next = start + size;
        return Make(type, start, size);
    }

    [CompilerServices.MethodImpl(CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static object Make(MethodTable* type, byte* start, nuint size)
    {
        s_allocatedBytes += (long)size;
        s_allocatedObjects++;
        byte* instance = start + sizeof(nint); // The header lies in front of the object.
        *(MethodTable**)instance = type;
        return *(object*)&instance;
    }

    /// <summary>Takes a chunk, and goes on with it or with the old one, whichever has more left.</summary>
    [CompilerServices.MethodImpl(CompilerServices.MethodImplOptions.NoInlining)]
    private static object AllocateFromNewChunk(MethodTable* type, nuint size)
    {
        byte* chunk = s_takeChunk(size, out ulong bytes);
        if (chunk is null)
            Panic.Fail("System.OutOfMemoryException: no memory is left for new objects");
        if (bytes - size > (ulong)(s_limit - s_next))
        {
            s_next = chunk + size;
            s_limit = chunk + bytes;
        }

        return Make(type, chunk, size);
    }
}
