using System;

namespace Guest.Core.Memory;

/// <summary>How much of it may be taken for what others ask for.</summary>
public static partial class PhysicalMemory
{
    /// <summary>Of all memory, what others make a kernel grow by leaves so much to everything else: to what an application allocates, to devices that are
    /// plugged in.</summary>
    private const int ShareSpared = 64;
    private const ulong MostSpared = 1024 * 1024;

    /// <summary>Whether there is memory for more of what is not needed, but serves better: entries of tables that a network fills, connections. Who is told
    /// no goes on with what there is.</summary>
    public static bool HasSpare => Frames.FreeBytes >= Math.Min(Frames.TotalBytes / ShareSpared, MostSpared);
}
