using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Storage.Tests;

public unsafe class BlockQueueTests
{
    private const int DiskBytes = 1 << 20;

    [Fact]
    public void What_was_written_is_read_back()
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);
        BlockRequest write = Client.Request(BlockOperation.Write, 8192, 512, 4096);
        write.Segments[0].Bytes.Fill(1);
        write.Segments[1].Bytes.Fill(2);

        Assert.Equal(BlockStatus.Ok, client.Run(write));
        BlockRequest read = Client.Request(BlockOperation.Read, 8192, 4096, 512);
        Assert.Equal(BlockStatus.Ok, client.Run(read));

        Assert.Equal(1, read.Segments[0].Bytes[511]);
        Assert.Equal(2, read.Segments[0].Bytes[512]);
        Assert.Equal(2, read.Segments[1].Bytes[511]);
        Assert.Equal(4608, disk.Counters[PathEvent.SentBytes]);
        Assert.Equal(4608, disk.Counters[PathEvent.ReceivedBytes]);
    }

    [Theory]
    [InlineData(DiskBytes, 512, BlockStatus.OutOfRange)]
    [InlineData(DiskBytes - 512, 1024, BlockStatus.OutOfRange)]
    [InlineData(-512, 512, BlockStatus.OutOfRange)]
    [InlineData(long.MaxValue - 511, 512, BlockStatus.OutOfRange)]
    [InlineData(0, 0, BlockStatus.OutOfRange)]
    [InlineData(1, 512, BlockStatus.Unaligned)]
    [InlineData(512, 100, BlockStatus.Unaligned)]
    [InlineData(DiskBytes - 512, 512, BlockStatus.Ok)]
    public void A_request_that_cannot_be_never_reaches_the_device(long offset, int length, BlockStatus expected)
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);

        Assert.Equal(expected, client.Run(Client.Request(BlockOperation.Read, offset, length)));
        Assert.Equal(expected == BlockStatus.Ok ? 1 : 0, disk.Seen.Count);
        Assert.Single(client.Completed);
    }

    [Theory]
    [InlineData(BlockOperation.Write)]
    [InlineData(BlockOperation.Discard)]
    [InlineData(BlockOperation.WriteZeroes)]
    public void A_read_only_disk_is_not_changed(BlockOperation operation)
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, ReadOnly = true, MaxDiscardBytes = bytes });
        Client client = new(disk);

        Assert.Equal(BlockStatus.ReadOnly, client.Run(Client.Request(operation, 0, 512)));
        Assert.Empty(disk.Seen);
    }

    [Fact]
    public void A_segment_must_be_whole_sectors_at_the_device_s_alignment()
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, MaxSegments = 4, BufferAlignment = 512 });
        Client client = new(disk);
        byte* page = DeviceMemory.AllocatePages(1);
        BlockRequest request = new(2) { Operation = BlockOperation.Read };

        request.SetMemory(page + 2, 512);
        Assert.Equal(BlockStatus.Unaligned, client.Run(request));
        request.SetMemory(page, 256);
        request.AddMemory(page + 256, 256);
        Assert.Equal(BlockStatus.Unaligned, client.Run(request));
        request.SetMemory(page + 512, 512);
        Assert.Equal(BlockStatus.Ok, client.Run(request));
    }

    [Fact]
    public void A_flush_goes_to_the_device_only_if_it_has_a_cache()
    {
        ModelDisk without = new(DiskBytes);
        Assert.Equal(BlockStatus.Ok, new Client(without).Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        Assert.Empty(without.Seen);

        ModelDisk with = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, HasWriteCache = true });
        Assert.Equal(BlockStatus.Ok, new Client(with).Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        Assert.Equal(BlockOperation.Flush, Assert.Single(with.Seen).Operation);
    }

    [Fact]
    public void Discard_is_refused_where_the_device_knows_none() =>
        Assert.Equal(BlockStatus.Unsupported, new Client(new ModelDisk(DiskBytes)).Run(Client.RangeRequest(BlockOperation.Discard, 0, 512)));

    [Fact]
    public void Zeroes_are_written_as_data_where_the_device_knows_no_command()
    {
        ModelDisk disk = new(DiskBytes);
        disk.Bytes.AsSpan().Fill(9);

        Assert.Equal(BlockStatus.Ok, new Client(disk).Run(Client.RangeRequest(BlockOperation.WriteZeroes, 4096, DiskBytes - 8192)));

        Assert.True(disk.Bytes.AsSpan(4096, DiskBytes - 8192).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(9, disk.Bytes[4095]);
        Assert.Equal(9, disk.Bytes[DiskBytes - 4096]);
        Assert.All(disk.Seen, seen => Assert.Equal(BlockOperation.Write, seen.Operation));
    }

    [Fact]
    public void A_burst_tells_the_device_once()
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);

        client.Submit([.. Enumerable.Range(0, 4).Select(i => Client.Request(BlockOperation.Read, i * 512, 512))]);

        Assert.Equal(4, disk.Seen.Count);
        Assert.Equal(1, disk.Notifications);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_device_is_told_in_the_end_of_what_came_with_more_to_follow(bool refused)
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);

        client.Queue.Submit([Client.Request(BlockOperation.Read, 0, 512)], client, more: true);
        Assert.Equal(0, disk.Notifications);
        client.Queue.Submit(refused ? [Client.Request(BlockOperation.Read, DiskBytes, 512)] : [], client);

        Assert.Equal(1, disk.Notifications);
    }

    [Fact]
    public void Requests_that_find_no_room_wait_their_turn_in_order()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        client.Submit([.. Enumerable.Range(0, 100).Select(i => Client.Request(BlockOperation.Read, i * 512, 512))]);
        Assert.Equal(4, disk.Seen.Count);

        while (disk.Held.Count != 0)
        {
            disk.Release();
            client.Poll();
        }

        client.Poll();
        Assert.Equal(100, client.Completed.Count);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 512L), disk.Seen.Select(seen => seen.Offset));
    }

    [Fact]
    public void A_client_may_submit_again_from_within_a_completion()
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);
        client.WhenCompleted = request =>
        {
            if (client.Completed.Count < 10)
                client.Submit(request);
        };

        client.Submit(Client.Request(BlockOperation.Read, 0, 512));
        while (client.Poll() || !client.Queue.Arm())
        {
        }

        Assert.Equal(10, client.Completed.Count);
        Assert.Equal(10, disk.Notifications);
    }

    [Theory]
    [InlineData("out of range")]
    [InlineData("unaligned")]
    [InlineData("read-only")]
    [InlineData("unsupported")]
    [InlineData("nothing to flush")]
    [InlineData("gone")]
    [InlineData("shrunk")]
    public void Whatever_becomes_of_a_request_its_client_is_told_after_Submit_and_may_submit_again(string kind)
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, MaxSegments = 8, ReadOnly = kind == "read-only" });
        Client client = new(disk);
        BlockRequest request = kind switch
        {
            "out of range" => Client.Request(BlockOperation.Read, DiskBytes, 512),
            "unaligned" => Client.Request(BlockOperation.Read, 1, 512),
            "unsupported" => Client.RangeRequest(BlockOperation.Discard, 0, 512),
            "nothing to flush" => Client.RangeRequest(BlockOperation.Flush, 0, 0),
            _ => Client.Request(BlockOperation.Write, DiskBytes / 2, 512),
        };
        if (kind == "gone")
            disk.State = BlockDeviceState.Gone;
        if (kind == "shrunk")
        {
            // It waits, and is refused when the next one shows that the disk has changed.
            disk.Stubborn = true;
            client.Submit(Client.Request(BlockOperation.Write, DiskBytes / 2, 512));
            disk.Limits.Capacity = DiskBytes / 4;
        }

        client.WhenCompleted = ended =>
        {
            if (client.Completed.Count < 5)
                client.Submit(ended);
        };
        client.Submit(request);
        Assert.Empty(client.Completed);
        Assert.False(client.Queue.Arm(), "a machine that idles now never hears of it");

        for (int i = 0; i < 10; i++)
            client.Poll();
        Assert.Equal(kind == "shrunk" ? 6 : 5, client.Completed.Count);
        Assert.True(client.Queue.Arm());
    }

    [Fact]
    public void A_request_is_in_no_list_of_the_queue_s_while_the_device_has_it()
    {
        // Six for a device that takes four: four of them leave a list of those that wait, which a driver that links them must not tear.
        LinkingDisk disk = new();
        Client client = new(disk);
        client.Submit([.. Enumerable.Range(0, 6).Select(i => Client.Request(BlockOperation.Read, i * 512, 512))]);
        client.Submit(Client.Request(BlockOperation.Read, DiskBytes - 512, 512));
        for (int i = 0; i < 10; i++)
            client.Poll();

        Assert.Equal(7, client.Completed.Distinct().Count());
        Assert.Equal(7, client.Completed.Count);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_request()
    {
        ModelDisk disk = new(DiskBytes);
        Client client = new(disk);
        BlockRequest request = Client.Request(BlockOperation.Read, 0, 4096);
        Assert.Equal(BlockStatus.Ok, client.Run(request));
        BlockQueue queue = client.Queue;
        CountingClient counting = new();
        disk.Seen.EnsureCapacity(10_000);

        BlockRequest[] burst = [request];
        long least = long.MaxValue;

        // The runtime may allocate something of its own, but not in every round.
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                queue.Submit(burst, counting);
                queue.Poll(Instant.Zero);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal(3000, counting.Count);
    }

    /// <summary>A driver that keeps what it takes in a list of requests, as drivers may.</summary>
    private sealed class LinkingDisk : IBlockDevice
    {
        private BlockRequestFifo _taken;

        public string Name => "linking0";

        public BlockIdentity Identity { get; } = new();

        public BlockLimits Limits { get; } = new() { Capacity = DiskBytes, Depth = 4 };

        public BlockDeviceState State => BlockDeviceState.Ready;

        public PathCounters Counters { get; } = new("linking0");

        public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
        {
            int taken = 0;
            while (taken < burst.Length && _taken.Count < 4)
                _taken.Append(burst[taken++]);
            return taken;
        }

        public int Complete(Span<BlockRequest> burst)
        {
            int count = 0;
            while (count < burst.Length && _taken.TakeFirst() is { } request)
            {
                request.Status = BlockStatus.Ok;
                burst[count++] = request;
            }

            return count;
        }

        public bool Arm() => _taken.Count == 0;

        public void Reset()
        {
        }
    }

    private sealed class CountingClient : BlockClient
    {
        public int Count { get; private set; }

        protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst) => Count += burst.Length;
    }
}
