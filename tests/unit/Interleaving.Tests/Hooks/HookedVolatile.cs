namespace Guest.Interleaving.Tests.Hooks;

/// <summary>What the kernel's ring code finds under the name Volatile here: the memory whose order is explored.</summary>
internal abstract class HookedVolatile
{
    public static T Read<T>(ref T at)
        where T : unmanaged => SharedMemory.Read(ref at);

    public static void Write(ref ushort at, ushort value) => SharedMemory.Write(ref at, value);

    public static void Write(ref uint at, uint value) => SharedMemory.Write(ref at, value);

    public static void Write(ref ulong at, ulong value) => SharedMemory.Write(ref at, value);
}
