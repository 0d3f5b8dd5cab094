using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;
using Guest.Testing;
using Driver = Guest.Storage.Devices.BlkFront;

namespace Guest.Storage.Tests.BlkFront;

public sealed unsafe class BlkFrontTests : BlockClient
{
    private const int DiskBytes = 8 << 20;

    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;
    private readonly FakeBlkback _back;
    private readonly FakePlatform _platform = new();
    private readonly List<BlockRequest> _completed = [];
    private XenBus? _bus;
    private Driver? _driver;
    private BlockQueue? _queue;

    public BlkFrontTests()
    {
        _store = new FakeStore(_xen);
        _back = new FakeBlkback(_xen, _store, DiskBytes);
    }

    private PathCounters Counters => _driver!.Counters;

    [Fact]
    public void A_disk_connects_and_says_what_it_is()
    {
        Start(store => store[$"{FakeBlkback.Path}/physical-sector-size"] = "4096");

        Assert.Equal(BlockDeviceState.Ready, _driver!.State);
        Assert.Equal(DiskBytes, _driver.Limits.Capacity);
        Assert.Equal((512, 4096), (_driver.Limits.LogicalSectorSize, _driver.Limits.PhysicalSectorSize));
        Assert.Equal((256, 64, 1 << 20), (_driver.Limits.MaxSegments, _driver.Limits.Depth, _driver.Limits.MaxRequestBytes));
        Assert.True(_driver.Limits.HasWriteCache);
    }

    [Fact]
    public void Whoever_wants_to_know_is_told_that_a_disk_is_ready_also_after_it_was_away()
    {
        List<BlockDeviceState> states = [];
        Start(becameReady: disk => states.Add(disk.State));
        Assert.NotEmpty(states);

        int before = states.Count;
        _back.GoAway();
        Settle();
        Assert.True(states.Count > before);
        Assert.All(states, state => Assert.Equal(BlockDeviceState.Ready, state));
    }

    [Fact]
    public void A_back_end_that_offers_little_gets_a_ring_of_one_page_and_eleven_segments()
    {
        Start(Poor);

        Assert.Equal((11, 32), (_driver!.Limits.MaxSegments, _driver.Limits.Depth));
        BlockRequest request = Client.Request(BlockOperation.Write, 0, 1 << 20);
        Assert.Equal(BlockStatus.Ok, Run(request));
        Assert.Equal((1 << 20) / 45056 + 1, _back.Operations.Count);
        Assert.All(_back.Operations, operation => Assert.Equal(1, operation));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(11 * 4096)]
    [InlineData(1 << 20)]
    public void What_is_written_is_on_the_disk_and_reads_back_in_one_request(int length)
    {
        Start();
        BlockRequest write = Client.Request(BlockOperation.Write, 1024, length);
        new Random(length).NextBytes(write.Segments[0].Bytes);
        BlockRequest read = Client.Request(BlockOperation.Read, 1024, length);

        Assert.Equal(BlockStatus.Ok, Run(write));
        Assert.Equal(BlockStatus.Ok, Run(read));

        Assert.True(write.Segments[0].Bytes.SequenceEqual(_back.Bytes.AsSpan(1024, length)));
        Assert.True(write.Segments[0].Bytes.SequenceEqual(read.Segments[0].Bytes));
        Assert.Equal(2, _back.Operations.Count);
        Assert.Equal(0, Counters[PathEvent.CopiedBytes]);
    }

    [Fact]
    public void Memory_that_begins_inside_a_page_is_named_by_its_sectors()
    {
        Start();
        new Random(3).NextBytes(_back.Bytes);
        byte* memory = DeviceMemory.AllocatePages(4);
        BlockRequest read = new(2) { Operation = BlockOperation.Read, Offset = 2048 };
        read.AddMemory(memory + 1536, 8192);
        read.AddMemory(memory + 12288 + 3584, 512);

        Assert.Equal(BlockStatus.Ok, Run(read));

        Assert.True(read.Segments[0].Bytes.SequenceEqual(_back.Bytes.AsSpan(2048, 8192)));
        Assert.True(read.Segments[1].Bytes.SequenceEqual(_back.Bytes.AsSpan(2048 + 8192, 512)));
    }

    [Fact]
    public void Memory_that_was_used_before_costs_no_grant_operation()
    {
        Start();
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 65536);
        Run(read);
        long before = Counters[PathEvent.GrantOperation];

        for (int i = 0; i < 100; i++)
            Assert.Equal(BlockStatus.Ok, Run(read));

        Assert.Equal(before, Counters[PathEvent.GrantOperation]);
    }

    /// <summary>Of memory that cannot all be granted at once every byte moves; requests wait for those before them.</summary>
    [Theory]
    [InlineData(1056, 64, false)] // as Linux's back end
    [InlineData(1056, 64, true)]
    [InlineData(0, 64, false)]    // a back end that maps for each request
    [InlineData(int.MaxValue, 64, true)] // one that keeps all that it was given
    [InlineData(1056, 1, true)]   // a grant table of 504 entries
    [InlineData(0, 1, false)]
    public void Any_amount_of_memory_may_be_used(int mapped, int tablePages, bool silent)
    {
        _xen.Machine.MostGrantPages = tablePages;
        _back.MostMapped = mapped;
        Start();
        BlockRequest[] requests = [.. Enumerable.Range(0, 56).Select(i => Client.Request(BlockOperation.Write, i % 7 << 20, 1 << 20))];
        for (int round = 0; round < 2; round++)
        {
            foreach (BlockRequest request in requests)
            {
                request.Operation = round == 0 ? BlockOperation.Write : BlockOperation.Read;
                request.Segments[0].Bytes.Fill((byte)(round == 0 ? 1 + (request.Offset >> 20) : 0));
            }

            _completed.Clear();
            _back.Silent = silent;
            _queue!.Submit(requests, this);
            for (int i = 0; i < 2_000 && _completed.Count < requests.Length; i++)
            {
                _back.Release();
                _xen.Domain.Events.Dispatch();
                _queue.Poll(_platform.Time);
                _bus!.Poll(_xen.Domain.Now);
                _platform.Time += Duration.FromMilliseconds(10);
                _xen.PassTime(10_000_000);
            }

            Assert.Equal(requests.Length, _completed.Distinct().Count());
            Assert.All(_completed, request => Assert.Equal(BlockStatus.Ok, request.Status));
        }

        foreach (BlockRequest request in requests)
            Assert.True(request.Segments[0].Bytes.IndexOfAnyExcept((byte)(1 + (request.Offset >> 20))) < 0);
    }

    [Fact]
    public void Memory_that_is_used_all_the_time_keeps_its_grant_while_much_else_goes_by()
    {
        _back.MostMapped = 0;
        Start();
        BlockRequest often = Client.Request(BlockOperation.Read, 0, 4096);
        Run(often);
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(BlockStatus.Ok, Run(Client.Request(BlockOperation.Read, 0, 1 << 20)));
            long before = Counters[PathEvent.GrantOperation];
            Assert.Equal(BlockStatus.Ok, Run(often));
            Assert.Equal(before, Counters[PathEvent.GrantOperation]);
        }
    }

    [Fact]
    public void A_burst_costs_one_notification()
    {
        Start();
        int before = _back.Events;

        _queue!.Submit([.. Enumerable.Range(0, 32).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))], this);

        Assert.Equal(before + 1, _back.Events);
    }

    [Fact]
    public void A_flush_and_a_discard_reach_the_back_end()
    {
        Start();

        Assert.Equal(BlockStatus.Ok, Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        Assert.Equal(BlockStatus.Ok, Run(Client.RangeRequest(BlockOperation.Discard, 4096, 1 << 20)));

        Assert.Equal((1, 1L << 20), (_back.Flushes, _back.Discarded));
    }

    [Fact]
    public void What_cannot_be_asked_is_refused_before_the_back_end_hears_of_it()
    {
        Start();

        BadRequests.AssertRefused(Run, DiskBytes);

        Assert.Empty(_back.Operations);
    }

    [Theory]
    [InlineData("sectors", "8192")]
    [InlineData("sector-size", "4096")]
    [InlineData("info", "4")]
    public void What_was_in_flight_is_not_given_to_another_disk_that_comes_in_its_place(string key, string value)
    {
        Start();
        _back.Silent = true;
        BlockRequest write = Client.Request(BlockOperation.Write, DiskBytes - 4096, 4096);
        _queue!.Submit([write], this);
        _back.GoAway();
        _bus!.Poll(_xen.Domain.Now);
        _store[$"{FakeBlkback.Path}/{key}"] = value;
        _back.Operations.Clear();
        _back.Silent = false;
        Settle();

        Assert.Equal(BlockStatus.Gone, write.Status);
        Assert.Equal(BlockDeviceState.Gone, _driver!.State);
        Assert.Empty(_back.Operations);
    }

    [Theory]
    [InlineData("sectors", "banana")]
    [InlineData("sectors", null)]
    [InlineData("sectors", "1234567890123456789")]
    [InlineData("sector-size", "1e3")]
    [InlineData("info", "?")]
    public void What_cannot_be_read_is_asked_for_again_and_makes_no_other_disk(string key, string? value)
    {
        Start();
        Assert.Equal("1", _store[$"{FakeBlkback.Front}/feature-persistent"]);
        _back.GoAway();
        string? right = _store[$"{FakeBlkback.Path}/{key}"];
        _store[$"{FakeBlkback.Path}/{key}"] = value;
        for (int i = 0; i < 20; i++)
        {
            _xen.Domain.Events.Dispatch();
            _bus!.Poll(_xen.Domain.Now);
            _xen.PassTime(100_000_000);
        }

        Assert.Equal(BlockDeviceState.Away, _driver!.State);

        // Nothing tells of it: the back end's node is changed behind the watch's back.
        _store[$"{FakeBlkback.Path}/{key}"] = right;
        Settle();
        Assert.Equal(BlockDeviceState.Ready, _driver.State);
        Assert.Equal(BlockStatus.Ok, Run(Client.Request(BlockOperation.Read, 0, 4096)));
    }

    [Fact]
    public void A_size_that_cannot_be_read_while_the_disk_is_in_use_leaves_it_as_it_is()
    {
        Start();
        _store[$"{FakeBlkback.Path}/sectors"] = "";
        Settle();
        Assert.Equal((DiskBytes, BlockDeviceState.Ready), (_driver!.Limits.Capacity, _driver.State));

        _store[$"{FakeBlkback.Path}/sectors"] = "32768";
        Settle();
        Assert.Equal(16 << 20, _driver.Limits.Capacity);
    }

    [Fact]
    public void Events_of_the_store_that_change_nothing_allocate_nothing()
    {
        Start();
        BlockLimits limits = _driver!.Limits;
        for (int i = 0; i < 50; i++)
        {
            _store[$"{FakeBlkback.Path}/state"] = "4";
            Settle();
        }

        Assert.Same(limits, _driver.Limits);
    }

    [Fact]
    public void A_read_only_disk_is_not_written_to()
    {
        Start(store => store[$"{FakeBlkback.Path}/info"] = "4");

        Assert.Equal(BlockStatus.ReadOnly, Run(Client.Request(BlockOperation.Write, 0, 4096)));
        Assert.Empty(_back.Operations);
    }

    [Theory]
    [InlineData(-1, BlockStatus.DeviceError)]
    [InlineData(-2, BlockStatus.Unsupported)]
    public void An_error_is_the_request_s_alone(short status, BlockStatus expected)
    {
        Start();
        _back.Lie = answer => answer with { Status = status };
        Assert.Equal(expected, Run(Client.Request(BlockOperation.Read, 0, 4096)));
        _back.Lie = null;
        Assert.Equal(BlockStatus.Ok, Run(Client.Request(BlockOperation.Read, 0, 4096)));
        Assert.Equal(1, _back.Connections);
    }

    [Theory]
    [InlineData("id of nothing")]
    [InlineData("id beyond the slots")]
    [InlineData("other operation")]
    [InlineData("status that is none")]
    [InlineData("too many responses")]
    [InlineData("the same id twice")]
    public void A_back_end_that_lies_is_refused_and_its_requests_go_to_the_next_connection(string lie)
    {
        Start();
        _back.Lie = answer => lie switch
        {
            "id of nothing" => answer with { Id = 17 },
            "id beyond the slots" => answer with { Id = ulong.MaxValue },
            "other operation" => answer with { Operation = 1 },
            "status that is none" => answer with { Status = 77 },
            _ => answer,
        };
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 4096);
        _back.Silent = lie is "too many responses" or "the same id twice";
        _queue!.Submit([read, Client.Request(BlockOperation.Read, 4096, 4096)], this);
        if (lie == "too many responses")
            _back.ResponseProducer += 3;
        if (lie == "the same id twice")
        {
            _back.Answer((0, 0, 0));
            _back.Answer((0, 0, 0));
        }

        _queue.Poll(_platform.Time);
        _back.Lie = null;
        _back.Silent = false;
        Settle();

        Assert.Equal(1, Counters[PathEvent.Violation]);
        Assert.Equal(2, _back.Connections);
        Assert.Equal(2, _completed.Count);
        Assert.All(_completed, request => Assert.Equal(BlockStatus.Ok, request.Status));
    }

    [Fact]
    public void A_storm_of_events_is_refused()
    {
        Start();
        for (int i = 0; i < 1000; i++)
        {
            _xen.Raise(_back.Port);
            _xen.Domain.Events.Dispatch();
            _queue!.Poll(_platform.Time);
        }

        Assert.Equal(1000, Counters[PathEvent.SpuriousInterrupt]);
        Assert.Equal(1, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void What_was_in_flight_when_the_back_end_went_is_submitted_to_the_next()
    {
        Start();
        _back.Silent = true;
        BlockRequest[] writes = [.. Enumerable.Range(0, 10).Select(i => Client.Request(BlockOperation.Write, i * 4096, 4096))];
        foreach (BlockRequest write in writes)
            write.Segments[0].Bytes.Fill(7);
        _queue!.Submit(writes, this);

        _back.GoAway();
        _bus!.Poll(_xen.Domain.Now);
        _back.Bytes.AsSpan().Clear();
        _back.Silent = false;
        Settle();

        Assert.Equal(2, _back.Connections);
        Assert.All(writes, write => Assert.Equal(BlockStatus.Ok, write.Status));
        Assert.True(_back.Bytes.AsSpan(0, 10 * 4096).IndexOfAnyExcept((byte)7) < 0);
    }

    [Fact]
    public void What_was_in_flight_is_split_for_a_back_end_that_comes_back_and_takes_less()
    {
        Start();
        _back.Silent = true;
        BlockRequest write = Client.Request(BlockOperation.Write, 4096, 1 << 20);
        new Random(5).NextBytes(write.Segments[0].Bytes);
        BlockRequest discard = Client.RangeRequest(BlockOperation.Discard, 0, 4096);
        BlockRequest twoParts = Client.Request(BlockOperation.Read, 0, 2 << 20);
        _queue!.Submit([write, discard, twoParts], this);

        _back.GoAway();
        _bus!.Poll(_xen.Domain.Now);
        Poor(_store);
        _store[$"{FakeBlkback.Path}/feature-discard"] = null;
        _back.Bytes.AsSpan().Clear();
        _back.Operations.Clear();
        _back.Silent = false;
        Settle();

        Assert.Equal(BlockStatus.Ok, write.Status);
        Assert.True(write.Segments[0].Bytes.SequenceEqual(_back.Bytes.AsSpan(4096, 1 << 20)));
        Assert.Equal(BlockStatus.Unsupported, discard.Status);
        Assert.Equal(BlockStatus.DeviceError, twoParts.Status);
        Assert.All(_back.Operations, operation => Assert.Equal(1, operation));
        Assert.Equal(3, _completed.Count);
    }

    [Fact]
    public void A_back_end_that_never_answers_costs_each_request_its_attempts_and_no_more()
    {
        Start();
        _back.Silent = true;
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 4096);
        _queue!.Submit([read], this);
        for (int i = 0; i < 100 && read.Status == BlockStatus.Pending; i++)
        {
            _queue.Arm();
            _platform.Time = Instant.Earlier(_platform.Processor.Timers.Earliest, _platform.Time + Duration.FromSeconds(1));
            _platform.Processor.Timers.Fire(_platform.Time);
            _queue.Poll(_platform.Time);
            Settle();
        }

        Assert.Equal(BlockStatus.TimedOut, read.Status);
    }

    [Theory]
    [InlineData("sector-size", "1000")]
    [InlineData("sectors", "banana")]
    public void A_disk_that_cannot_be_is_refused_or_empty(string key, string value)
    {
        Start(store => store[$"{FakeBlkback.Path}/{key}"] = value, wait: false);

        Assert.True(_driver!.State == BlockDeviceState.Away || _driver.Limits.Capacity == 0);
    }

    protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst) => _completed.AddRange(burst);

    private static void Poor(FakeStore store)
    {
        store[$"{FakeBlkback.Path}/feature-max-indirect-segments"] = null;
        store[$"{FakeBlkback.Path}/max-ring-page-order"] = null;
    }

    private void Start(Action<FakeStore>? offer = null, bool wait = true, Action<Driver>? becameReady = null)
    {
        _back.Plug(offer);
        _bus = new XenBus(_xen.Domain);
        _bus.Register("vbd", (domain, index) => _driver = new Driver(domain, index, "blkfront0") { BecameReady = becameReady });
        _bus.Start(_xen.Domain.Now + Duration.FromSeconds(1));
        for (int i = 0; i < 20; i++)
            _bus.Poll(_xen.Domain.Now);
        if (!wait)
            return;
        Assert.Null(_driver!.Limits.Problem);
        _queue = new BlockQueue(_driver, _platform);
    }

    private BlockStatus Run(BlockRequest request)
    {
        _queue!.Submit([request], this);
        for (int i = 0; i < 10 && request.Status == BlockStatus.Pending; i++)
        {
            _xen.Domain.Events.Dispatch();
            _queue.Poll(_platform.Time);
        }

        return request.Status;
    }

    /// <summary>Runs bus and queue, and lets the hypervisor's time pass, until neither has anything to do.</summary>
    private void Settle()
    {
        Instant end = _xen.Domain.Now + Duration.FromSeconds(20);
        while (_xen.Domain.Now < end)
        {
            _xen.Domain.Events.Dispatch();
            bool any = _bus!.Poll(_xen.Domain.Now);
            any |= _queue!.Poll(_platform.Time);
            if (any || !_bus.Arm() || !_queue.Arm())
                continue;
            if (_bus.Deadline.IsNever)
                return;
            _xen.Domain.Sleep(_bus.Deadline);
        }
    }
}
