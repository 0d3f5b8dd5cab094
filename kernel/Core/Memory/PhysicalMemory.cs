using System;

namespace Guest.Core.Memory;

/// <summary>The machine's one <see cref="FrameAllocator"/>, filled by Boot from the loader's map.</summary>
public static unsafe partial class PhysicalMemory
{
    private static FrameAllocator s_frames;

    /// <summary>The allocator.</summary>
    public static ref FrameAllocator Frames => ref s_frames;

    /// <summary>Takes cleared frames, reachable through the direct map.</summary>
    /// <exception cref="OutOfMemoryException">No region has so many left; a kernel that gets here was given too little memory.</exception>
    public static ulong Allocate(ulong frames)
    {
        ulong address = AllocateUncleared(frames);
        new Span<byte>(AddressSpace.Direct(address), (int)(frames * FrameAllocator.FrameSize)).Clear();
        return address;
    }

    /// <summary>Takes frames that hold whatever they held, reachable through the direct map.</summary>
    /// <exception cref="OutOfMemoryException">No region has so many left; a kernel that gets here was given too little memory.</exception>
    public static ulong AllocateUncleared(ulong frames)
    {
        ulong address = s_frames.TryAllocate(frames);
        return address != 0 ? address : throw new OutOfMemoryException("no memory left: give the machine more (./guest run --memory)");
    }

    /// <summary>Takes frames back, which nobody must reach any more.</summary>
    public static void Free(ulong address, ulong frames) => s_frames.Free(address, frames);
}
