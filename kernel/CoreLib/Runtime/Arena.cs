using System.Threading;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Where <c>new</c> takes its memory: chunks, each from front to back, never given back.</summary>
/// <remarks>
/// A chunk must be mapped and writable; it need not be zero. Allocation is not for interrupt handlers, and there is one processor: a
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
    /// <param name="takeChunk">Called with a least number of bytes; returns a chunk, aligned to 16, and its size in bytes, or null if memory
    /// has run out.</param>
    public static void Initialize(delegate*<ulong, out ulong, byte*> takeChunk) => s_takeChunk = takeChunk;

    /// <summary>Takes zeroed memory for an object of <paramref name="size"/> bytes, header included, and makes it a
    /// <paramref name="type"/>.</summary>
    internal static object Allocate(MethodTable* type, nuint size)
    {
        size = (size + 7) & ~(nuint)7;
        byte* start = s_next;
        if (size <= (nuint)(s_limit - start))
            s_next = start + size;
        else
            start = AllocateFromNewChunk(size);
        s_allocatedBytes += (long)size;
        s_allocatedObjects++;
        SpanHelpers.ClearWithoutReferences(ref *start, size);
        byte* instance = start + sizeof(nint); // The header lies in front of the object.
        *(MethodTable**)instance = type;
        return *(object*)&instance;
    }

    /// <summary>Takes a chunk, and goes on with it or with the old one, whichever has more left.</summary>
    private static byte* AllocateFromNewChunk(nuint size)
    {
        byte* chunk = s_takeChunk(size, out ulong bytes);
        if (chunk is null)
            Panic.Fail("System.OutOfMemoryException: no memory is left for new objects");
        if (bytes - size > (ulong)(s_limit - s_next))
        {
            s_next = chunk + size;
            s_limit = chunk + bytes;
        }

        return chunk;
    }
}
