namespace Guest.Interleaving.Tests.Hooks;

/// <summary>The same under the name Interlocked.</summary>
internal abstract class HookedInterlocked
{
    public static void MemoryBarrier() => SharedMemory.Barrier();
}
