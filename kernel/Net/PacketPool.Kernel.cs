using System;
using Guest.Core.Memory;

namespace Guest.Net;

public sealed unsafe partial class PacketPool
{
    private const int LongestRun = 32;

    // Not cleared: nobody reads of a buffer what was not put there, and a thousand pages take their time.
    private static partial byte* TakePages(int wanted, out int taken)
    {
        taken = Math.Min(wanted, LongestRun);
        ulong run = PhysicalMemory.Frames.TryAllocate((ulong)taken);
        if (run != 0)
            return AddressSpace.Direct(run);
        taken = 1;
        return AddressSpace.Direct(PhysicalMemory.AllocateUncleared(1));
    }
}
