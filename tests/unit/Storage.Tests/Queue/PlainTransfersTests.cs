using System;
using FsCheck.Xunit;
using Guest.Core.Memory;

namespace Guest.Storage.Tests;

public unsafe class PlainTransfersTests
{
    [Property(MaxTest = 2_000)]
    public void What_goes_the_short_way_is_what_the_long_one_would_give_to_the_device_as_it_stands(int seed)
    {
        Random random = new(seed);
        BlockLimits limits = new()
        {
            Capacity = 4096L * random.Next(0, 200),
            LogicalSectorSize = 512 << random.Next(4),
            PhysicalSectorSize = 4096,
            ReadOnly = random.Next(4) == 0,
            MaxRequestBytes = 4096 * random.Next(1, 100),
            MaxSegments = random.Next(1, 12),
            MaxSegmentBytes = 4096 << random.Next(6),
            SegmentBoundary = random.Next(2) == 0 ? 0 : 4096 << random.Next(6),
            BufferAlignment = 1 << random.Next(10),
            MaxDiscardBytes = 1 << 20,
        };
        PlainTransfers plain = new(limits);
        byte* memory = DeviceMemory.AllocatePages(1);
        for (int i = 0; i < 50; i++)
        {
            BlockRequest request = new(2)
            {
                Operation = (BlockOperation)random.Next(5),
                Offset = 512L * random.Next(-2, 2_000) + (random.Next(8) == 0 ? 1 : 0),
            };
            for (int pieces = random.Next(0, 3); pieces > 0; pieces--)
                request.AddMemory(memory + (random.Next(8) * 512), 512 * random.Next(0, 300));
            if (random.Next(8) == 0)
                request.Length += 512;

            if (plain.Include(request))
            {
                Assert.Equal(BlockStatus.Pending, BlockChecks.Check(request, limits));
                Assert.True(BlockChecks.Fits(request, limits));
            }
        }
    }

    [Fact]
    public void A_usual_read_goes_the_short_way()
    {
        BlockLimits limits = new() { Capacity = 1 << 20, MaxSegments = 2, SegmentBoundary = 65536, MaxSegmentBytes = 65536 };

        Assert.True(new PlainTransfers(limits).Include(Client.Request(BlockOperation.Read, (1 << 20) - 4096, 4096)));
        Assert.False(new PlainTransfers(limits).Include(Client.Request(BlockOperation.Read, (1 << 20) - 512, 4096)));
    }
}
