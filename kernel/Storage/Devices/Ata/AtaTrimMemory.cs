using System;
using Guest.Core.Memory;

namespace Guest.Storage.Devices;

/// <summary>Memory for the ranges of one TRIM at a time.</summary>
internal sealed unsafe class AtaTrimMemory
{
    private readonly byte* _block = DeviceMemory.AllocatePages(1);

    /// <summary>Describes a run of sectors, and says where the description is.</summary>
    public BlockSegment Fill(ulong sector, long count)
    {
        AtaTrim.Fill(new Span<byte>(_block, AtaTrim.BlockSize), sector, count);
        return new BlockSegment(_block, AtaTrim.BlockSize);
    }
}
