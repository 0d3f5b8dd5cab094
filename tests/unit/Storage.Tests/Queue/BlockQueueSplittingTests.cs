using System;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Memory;

namespace Guest.Storage.Tests;

/// <summary>Requests that are longer than a device takes at once.</summary>
public unsafe class BlockQueueSplittingTests
{
    private const int DiskBytes = 1 << 20;

    [Fact]
    public void The_first_error_of_a_part_is_the_whole_s_and_stops_it()
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, Depth = 2, MaxRequestBytes = 4096 })
        {
            Outcome = request => request.Offset >= 8192 ? BlockStatus.DeviceError : BlockStatus.Ok,
        };
        Client client = new(disk);

        Assert.Equal(BlockStatus.DeviceError, client.Run(Client.Request(BlockOperation.Read, 0, 65536)));

        Assert.Single(client.Completed);
        Assert.True(disk.Seen.Count < 8, "parts were made after the error");
    }

    [Property(MaxTest = 300)]
    public void Splitting_obeys_every_limit_and_moves_every_byte_once(byte[] lengths, byte segments, ushort bytes, byte boundary, ushort offset)
    {
        int[] run = [.. lengths.Take(6).Select(length => ((length % 40) + 1) * 512)];
        if (run.Length == 0)
            return;
        BlockLimits limits = new()
        {
            Capacity = DiskBytes,
            Depth = 3,
            MaxSegments = (segments % 6) + 2,
            MaxRequestBytes = 512 + (bytes % 20000),
            MaxSegmentBytes = 512 + (bytes % 7000),
            SegmentBoundary = (boundary % 3) switch { 0 => 0, 1 => 4096, _ => 65536 },
        };
        Assert.Null(limits.Problem);
        ModelDisk disk = new(DiskBytes, _ => limits);
        new Random(bytes).NextBytes(disk.Bytes);
        BlockRequest request = new(run.Length) { Operation = BlockOperation.Read, Offset = offset % 100 * 512 };
        foreach (int length in run)
            request.AddMemory(DeviceMemory.AllocatePages(8) + (boundary % 200), length);

        Assert.Equal(BlockStatus.Ok, new Client(disk).Run(request));

        Assert.All(disk.Seen, seen => Assert.True(seen.Pieces <= limits.MaxSegments && seen.Length <= limits.MaxRequestBytes));
        Assert.Equal(request.Length, disk.Seen.Sum(seen => seen.Length));
        int at = (int)request.Offset;
        foreach (BlockSegment segment in request.Segments)
        {
            Assert.True(disk.Bytes.AsSpan(at, segment.Length).SequenceEqual(segment.Bytes));
            at += segment.Length;
        }
    }

    [Fact]
    public void A_large_transfer_is_one_request_where_the_limits_allow()
    {
        ModelDisk disk = new(2 << 20, bytes => new BlockLimits { Capacity = bytes, MaxSegments = 32, SegmentBoundary = 65536 });

        Assert.Equal(BlockStatus.Ok, new Client(disk).Run(Client.Request(BlockOperation.Read, 0, 1 << 20)));

        Assert.Single(disk.Seen);
    }

    [Theory]
    [InlineData(256, 1 << 20, 8, 4096, 0)]
    [InlineData(8192, 1 << 20, 8, 4096, 0)]
    [InlineData(512, (1 << 20) + 100, 8, 4096, 0)]
    [InlineData(512, -512, 8, 4096, 0)]
    [InlineData(4096, 1 << 20, 1, 4096, 4096)]
    [InlineData(512, 1 << 20, 2, 100, 0)]
    [InlineData(512, 1 << 20, 8, 4096, 3000)]
    public void Limits_that_no_sane_device_has_are_a_problem(int sector, long capacity, int segments, int segmentBytes, int boundary) =>
        Assert.NotNull(new BlockLimits
        {
            Capacity = capacity,
            LogicalSectorSize = sector,
            PhysicalSectorSize = Math.Max(512, sector),
            MaxSegments = segments,
            MaxSegmentBytes = segmentBytes,
            SegmentBoundary = boundary,
        }.Problem);
}
