using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Guest.Core.Memory;

/// <summary>Hosted, all device memory comes from one run of addresses below 4 GiB, so that drivers of chips with 32 address bits can
/// be tested; pages cost nothing until they are touched.</summary>
public static unsafe partial class DeviceMemory
{
    private const long ArenaStart = 0x2000_0000;
    private const long ArenaLength = 0xc000_0000;
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymousNoReserve = 0x4022;

    private static readonly long s_arena = ReserveArena();
    private static long s_used;

    public static partial byte* AllocatePages(int count)
    {
        long bytes = (long)count * PageSize;
        long end = Interlocked.Add(ref s_used, bytes);
        return end <= ArenaLength ? (byte*)(s_arena + end - bytes) : throw new OutOfMemoryException("the device memory arena is used up");
    }

    public static partial ulong AddressOf(void* pointer) => (ulong)pointer;

    private static long ReserveArena()
    {
        long start = Map(ArenaStart, ArenaLength, ProtectReadWrite, MapPrivateAnonymousNoReserve, -1, 0);
        return start is > 0 and <= uint.MaxValue - ArenaLength
            ? start
            : throw new PlatformNotSupportedException("no run of addresses below 4 GiB is free");
    }

    [DllImport("libc", EntryPoint = "mmap"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Map(long address, long length, int protection, int flags, int file, long offset);
}
