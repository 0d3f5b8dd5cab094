using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Storage.Partitions;
using Guest.Testing;

namespace Guest.Storage.Tests;

/// <summary>Disks come, are used, and go, with the run loop that serves them.</summary>
[Collection(nameof(RunLoop))]
public sealed class DiskSetTests : IDisposable
{
    private const int DiskBytes = 1 << 20;

    private readonly FakePlatform _platform = new();
    private readonly DiskSet _disks;

    public DiskSetTests()
    {
        Platform.Install(_platform);
        _disks = new DiskSet(_platform);
        _disks.Serve();
    }

    public void Dispose()
    {
        while (_disks.Count != 0)
            _disks.Remove(_disks[0].Device);
        Processor.Current.RunLoop.Pass();
    }

    [Fact]
    public void A_disk_comes_and_goes_a_thousand_times_and_has_the_same_name_each_time()
    {
        Add("sd");
        object? account = null;
        for (int i = 0; i < 1000; i++)
        {
            ModelDisk disk = Add("sd");
            Assert.Equal("sd1", disk.Name);
            Assert.Same(account ??= disk.Counters, disk.Counters);
            Disk opened = new(_disks.Find(disk)!, 0, DiskBytes);
            Assert.Equal(BlockStatus.Ok, Run(opened, Client.Request(BlockOperation.Read, 0, 4096)));
            Assert.True(_disks.Remove(disk));
            Assert.False(_disks.Remove(disk));
        }

        Assert.Equal(1, _disks.Count);
    }

    [Fact]
    public void A_name_that_is_free_is_given_again_and_none_twice()
    {
        ModelDisk[] disks = [Add("sd"), Add("sd"), Add("sd")];
        _disks.Remove(disks[0]);
        Assert.Equal("sd0", Add("sd").Name);
        Assert.Equal(["sd1", "sd2", "sd0"], Enumerable.Range(0, 3).Select(i => _disks[i].Device.Name));
    }

    [Fact]
    public void More_disks_than_there_is_room_for_are_refused_and_taken_once_others_went()
    {
        for (int i = 0; i < 100; i++)
            Add("sd");
        int most = _disks.Count;
        Assert.InRange(most, 16, 99);
        _disks.Remove(_disks[5].Device);
        Add("sd");
        Assert.Equal(most, _disks.Count);
    }

    [Fact]
    public void What_a_disk_had_that_is_taken_away_ends_as_gone_and_so_does_what_comes_later()
    {
        ModelDisk disk = Add("sd");
        disk.Silent = true;
        Disk opened = new(_disks.Find(disk)!, 0, DiskBytes);
        BlockRequest[] requests = [.. Enumerable.Range(0, 40).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096)), Client.Request(BlockOperation.Read, 0, 1 << 17)];
        opened.Submit(requests);
        Assert.NotEmpty(disk.Held);

        _disks.Remove(disk);
        List<BlockRequest> ended = [];
        BlockRequest[] taken = new BlockRequest[50];
        while (ended.Count < requests.Length)
            ended.AddRange(taken.Take(opened.Wait(taken)));

        Assert.All(ended, request => Assert.Equal(BlockStatus.Gone, request.Status));
        Assert.Equal(requests.Length, ended.Distinct().Count());
        Assert.Empty(disk.Held);
        Assert.Equal(BlockStatus.Gone, Run(opened, requests[0]));
        Assert.Equal(0, opened.Wait(taken));
    }

    [Fact]
    public void A_wait_on_a_disk_that_does_not_come_back_ends()
    {
        ModelDisk disk = Add("sd");
        Disk opened = new(_disks.Find(disk)!, 0, DiskBytes);
        disk.State = BlockDeviceState.Gone;
        Assert.Equal(BlockStatus.Gone, Run(opened, Client.Request(BlockOperation.Read, 0, 4096)));
        disk.State = BlockDeviceState.Away;
        Assert.Equal(BlockStatus.TimedOut, Run(opened, Client.Request(BlockOperation.Read, 0, 4096)));
    }

    [Fact]
    public void Requests_outside_a_partition_end_beside_those_inside_and_their_offsets_are_as_they_were()
    {
        ModelDisk disk = Add("sd");
        Disk part = new(_disks.Find(disk)!, 8192, 65536);
        long[] offsets = [0, 65536, -512, 61440, 61952, long.MaxValue - 511, 4096];
        BlockRequest[] requests = [.. offsets.Select(offset => Client.Request(BlockOperation.Read, offset, 4096))];
        part.Submit(requests);
        Assert.All(requests, request => Assert.Equal(BlockStatus.Pending, request.Status));
        List<BlockRequest> ended = [];
        BlockRequest[] taken = new BlockRequest[3];
        while (ended.Count < requests.Length)
            ended.AddRange(taken.Take(part.Wait(taken)));

        Assert.Equal(offsets, requests.Select(request => request.Offset));
        Assert.Equal(
            [BlockStatus.Ok, BlockStatus.OutOfRange, BlockStatus.OutOfRange, BlockStatus.Ok, BlockStatus.OutOfRange, BlockStatus.OutOfRange, BlockStatus.Ok],
            requests.Select(request => request.Status));
        Assert.Equal([8192L, 8192 + 61440, 8192 + 4096], disk.Seen.Select(seen => seen.Offset));
    }

    [Fact]
    public void A_table_s_sectors_are_waited_for_while_all_else_is_served()
    {
        ModelDisk disk = Add("sd");
        new Random(4).NextBytes(disk.Bytes);
        disk.Silent = true;
        Source other = new(() => disk.Release());
        Processor.Current.RunLoop.Add(other);
        byte[] bytes = new byte[512];
        DiskSectorReader reader = DiskSectorReader.Take(_disks.Find(disk)!, Duration.FromSeconds(60));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(reader.TryRead(i, bytes));
            Assert.True(bytes.AsSpan().SequenceEqual(disk.Bytes.AsSpan(i * 512, 512)));
        }

        Processor.Current.RunLoop.Remove(other);
        Assert.True(other.Polls >= 3, "nobody else was served");
        reader.Return();
        Assert.Same(reader, DiskSectorReader.Take(_disks.Find(disk)!, Duration.FromSeconds(1)));
    }

    [Fact]
    public void Reading_a_table_ends_when_its_time_is_over_and_the_memory_stays_the_disk_s()
    {
        ModelDisk disk = Add("sd");
        disk.Silent = true;
        DiskSectorReader reader = DiskSectorReader.Take(_disks.Find(disk)!, Duration.FromSeconds(1));

        Assert.False(reader.TryRead(0, new byte[512]));
        Assert.InRange(_platform.Time.Nanoseconds, 1_000_000_000, 3_000_000_000);
        Assert.False(reader.TryRead(0, new byte[512]));
        reader.Return();
        Assert.NotSame(reader, DiskSectorReader.Take(_disks.Find(disk)!, Duration.FromSeconds(1)));
    }

    [Fact]
    public void A_disk_that_is_opened_and_closed_a_million_times_takes_no_memory()
    {
        BlockQueue queue = _disks.Find(Add("sd"))!;
        DiskSectorReader.Take(queue, Duration.FromSeconds(1)).Return();
        using Disk other = _disks.Open(queue, 4096, 4096);
        _disks.Open(queue, 0, DiskBytes).Dispose();
        EmptyDisk empty = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
        {
            // As TryOpen does it for a partition.
            DiskSectorReader reader = DiskSectorReader.Take(queue, Duration.FromSeconds(1));
            reader.Table.ReadFrom(empty);
            reader.Return();
            _disks.Open(queue, 0, DiskBytes).Dispose();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(BlockStatus.Ok, Run(other, Client.Request(BlockOperation.Read, 0, 512)));
    }

    [Fact]
    public void Closing_a_disk_waits_for_what_is_under_way_and_who_opens_the_next_hears_nothing_of_it()
    {
        ModelDisk device = Add("sd");
        device.Silent = true;
        BlockQueue queue = _disks.Find(device)!;
        Disk disk = _disks.Open(queue, 0, DiskBytes);
        BlockRequest request = Client.Request(BlockOperation.Read, 0, 4096);
        disk.Submit([request]);
        Assert.Equal(BlockStatus.Pending, request.Status);

        disk.Dispose();
        disk.Dispose();

        Assert.Equal(BlockStatus.TimedOut, request.Status);
        device.Silent = false;
        Disk next = _disks.Open(queue, 0, DiskBytes);
        Assert.Same(disk, next);
        Assert.Equal(0, next.Wait(new BlockRequest[1]));
        Assert.Equal(BlockStatus.Ok, Run(next, Client.Request(BlockOperation.Read, 0, 4096)));
    }

    [Fact]
    public void What_is_open_on_disks_that_went_ends_requests_as_gone_whoever_came_since()
    {
        List<Disk> open = [];
        for (int i = 0; i < 5; i++)
        {
            ModelDisk device = Add("sd");
            open.Add(_disks.Open(_disks.Find(device)!, 0, DiskBytes));
            open.Add(_disks.Open(_disks.Find(device)!, 4096, 4096));
            _disks.Remove(device);
        }

        ModelDisk last = Add("sd");
        Disk works = _disks.Open(_disks.Find(last)!, 0, DiskBytes);
        foreach (Disk gone in open)
        {
            Assert.Equal(BlockStatus.Gone, Run(gone, Client.Request(BlockOperation.Read, 0, 512)));
            gone.Dispose();
        }

        Assert.Equal(BlockStatus.Ok, Run(works, Client.Request(BlockOperation.Read, 0, 512)));
        Assert.Single(last.Seen);
    }

    private ModelDisk Add(string kind)
    {
        ModelDisk disk = new(DiskBytes, counters: _disks.NewCounters(kind));
        _disks.Add(disk);
        return disk;
    }

    private static BlockStatus Run(Disk disk, BlockRequest request)
    {
        disk.Submit([request]);
        Assert.Equal(1, disk.Wait(new BlockRequest[1]));
        return request.Status;
    }

    private sealed class EmptyDisk : ISectorReader
    {
        public int SectorSize => 512;

        public long Sectors => 0;

        public bool TryRead(long sector, Span<byte> bytes) => false;
    }

    private sealed class Source(Action onPoll) : IPollable
    {
        public int Polls { get; private set; }

        public bool Poll(Instant now)
        {
            Polls++;
            onPoll();
            return false;
        }

        public bool Arm() => true;
    }
}
