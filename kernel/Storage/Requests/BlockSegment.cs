using System;
using Guest.Core.Memory;

namespace Guest.Storage;

/// <summary>A run of memory that a device can reach: one element of a request's scatter-gather list.</summary>
/// <param name="memory">Memory from <see cref="DeviceMemory.AllocatePages"/>, which keeps it contiguous to the device too.</param>
/// <param name="length">Bytes.</param>
public readonly unsafe struct BlockSegment(byte* memory, int length)
{
    /// <summary>The first byte.</summary>
    public byte* Memory { get; } = memory;

    /// <summary>Bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Where the device finds <see cref="Memory"/>: looked up once, for memory that is used again and again.</summary>
    public ulong DeviceAddress { get; } = DeviceMemory.AddressOf(memory);

    /// <summary>The memory, for drivers that move data with the processor.</summary>
    public Span<byte> Bytes => new(Memory, Length);

    /// <summary>A part of it, for requests that share one buffer.</summary>
    public BlockSegment Slice(int start, int length)
    {
        if ((uint)start > (uint)Length || (uint)length > (uint)(Length - start))
            throw new ArgumentOutOfRangeException(nameof(start));
        return new BlockSegment(Memory + start, length);
    }
}
