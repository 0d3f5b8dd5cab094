using System;
using System.Runtime;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Boot;

/// <summary>Where <c>new</c> takes its memory: chunks of frames, one after the other, for good.</summary>
internal static unsafe class Heap
{
    private const ulong ChunkBytes = 64 * 1024;

    /// <summary>With less the kernel does not get to where it can say why it ends.</summary>
    private const ulong LeastBytes = 256 * 1024;

    /// <summary>Bytes that objects take so far.</summary>
    public static long AllocatedBytes => Arena.AllocatedBytes;

    /// <summary>Hands the loader's memory to the frame allocator, less what the image occupies, and makes <c>new</c> and statics work.
    /// Nothing before this may allocate.</summary>
    /// <param name="memory">The usable memory.</param>
    /// <param name="image">Where the image is.</param>
    /// <param name="reach">The end of what the page tables in use map; what lies above it is added when others are.</param>
    public static void Start(ReadOnlySpan<MemoryRange> memory, in ImageLayout image, ulong reach)
    {
        foreach (MemoryRange range in memory)
        {
            if (range.Start < reach)
            {
                PhysicalMemory.Frames.Add(
                    range.Start, Math.Min(range.End, reach), image.Start - AddressSpace.ImageBase, image.End - AddressSpace.ImageBase);
            }
        }

        if (PhysicalMemory.Frames.FreeBytes < LeastBytes)
            EarlyPanic.Die("the loader names too little usable memory below 4 GiB"u8);
        Arena.Initialize(&TakeChunk);
        StartupCode.Initialize();
    }

    /// <summary>A cleared chunk in which at least <paramref name="bytes"/> fit; null if memory has run out.</summary>
    private static byte* TakeChunk(ulong bytes, out ulong chunk)
    {
        ulong frames = (Math.Max(bytes, ChunkBytes) + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize;
        chunk = frames * FrameAllocator.FrameSize;
        ulong address = PhysicalMemory.Frames.TryAllocate(frames);
        if (address == 0)
            return null;
        new Span<byte>(AddressSpace.Direct(address), (int)chunk).Clear();
        return AddressSpace.Direct(address);
    }

    /// <summary>The core library's last word: what was thrown, or what went wrong below any exception.</summary>
    [RuntimeExport("guest_panic")]
    private static void OnPanic(char* message, int length) => Panic.Die(new ReadOnlySpan<char>(message, length));
}
