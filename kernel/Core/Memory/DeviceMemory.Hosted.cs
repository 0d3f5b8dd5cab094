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
    private const int ProtectNone = 0;
    private const int MapPrivateAnonymousNoReserve = 0x4022;
    private const int AdviseDoNotNeed = 4;

    private static readonly long s_arena = ReserveArena();
    private static long s_used;

    /// <summary>Whether a page that nobody may touch follows each allocation: who writes past what he was given ends the process.</summary>
    public static bool HasGuards { get; set; }

    /// <summary>How much is allocated, for <see cref="ReturnTo"/>.</summary>
    public static long Mark => Volatile.Read(ref s_used);

    public static partial byte* AllocatePages(int count)
    {
        bool guarded = HasGuards;
        long bytes = (long)(guarded ? count + 1 : count) * PageSize;
        long end = Interlocked.Add(ref s_used, bytes);
        if (end > ArenaLength)
            throw new OutOfMemoryException("the device memory arena is used up");
        if (guarded)
            Check(Protect(s_arena + end - PageSize, PageSize, ProtectNone));
        return (byte*)(s_arena + end - bytes);
    }

    /// <summary>Whether a pointer leads into memory that was allocated here.</summary>
    public static bool Contains(void* pointer) => (long)pointer >= s_arena && (long)pointer < s_arena + Mark;

    /// <summary>Takes back all that was allocated since a mark, for a fuzzer's next round; only where one thread allocates.</summary>
    public static void ReturnTo(long mark)
    {
        long length = s_used - mark;
        if (length == 0)
            return;
        if (HasGuards)
            Check(Protect(s_arena + mark, length, ProtectReadWrite));
        Check(Advise(s_arena + mark, length, AdviseDoNotNeed));
        s_used = mark;
    }

    public static partial ulong AddressOf(void* pointer) => (ulong)pointer;

    private static long ReserveArena()
    {
        long start = Map(ArenaStart, ArenaLength, ProtectReadWrite, MapPrivateAnonymousNoReserve, -1, 0);
        return start is > 0 and <= uint.MaxValue - ArenaLength
            ? start
            : throw new PlatformNotSupportedException("no run of addresses below 4 GiB is free");
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException("the device memory arena cannot be changed");
    }

    [DllImport("libc", EntryPoint = "mprotect"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(long address, long length, int protection);

    [DllImport("libc", EntryPoint = "madvise"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(long address, long length, int advice);

    [DllImport("libc", EntryPoint = "mmap"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Map(long address, long length, int protection, int flags, int file, long offset);
}
