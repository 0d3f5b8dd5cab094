using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Storage.Devices;

namespace Guest.Storage.Tests;

public unsafe class AhciTests
{
    private const int DiskBytes = 8 << 20;
    private const int Block = 4096;

    private readonly ModelAtaDrive _drive = new(DiskBytes);

    [Fact]
    public void Disks_are_found_and_say_what_they_are_and_an_empty_port_is_no_error()
    {
        DiskSet disks = Attach(new ModelAhci(_drive, new ModelAtaDrive(1 << 20)));

        Assert.Equal(["ahci0", "ahci1"], Enumerable.Range(0, disks.Count).Select(i => disks[i].Device.Name));
        Assert.Equal((DiskBytes, 32), (disks[0].Device.Limits.Capacity, disks[0].Device.Limits.Depth));
        Assert.Equal("GUEST MODEL DISK"u8, disks[0].Device.Identity.Model);
        Assert.Equal("SER-42"u8, disks[0].Device.Identity.Serial);
    }

    [Theory]
    [InlineData(true, 512)]
    [InlineData(true, 1 << 20)]
    [InlineData(false, 4096)]
    public void What_is_written_is_on_the_disk_and_reads_back_from_the_request_s_own_memory(bool queued, int length)
    {
        ModelAhci ahci = new(_drive);
        if (!queued)
            ahci.Capabilities &= ~(1u << 30);
        Tester tester = Start(ahci);
        BlockRequest write = Client.Request(BlockOperation.Write, Block, length);
        new Random(length).NextBytes(write.Segments[0].Bytes);
        BlockRequest read = Client.Request(BlockOperation.Read, Block, length);

        Assert.Equal(BlockStatus.Ok, tester.Run(write));
        Assert.Equal([((ulong)write.Segments[0].Memory, length)], ahci.Port.Regions);
        Assert.Equal(BlockStatus.Ok, tester.Run(read));
        Assert.Equal([((ulong)read.Segments[0].Memory, length)], ahci.Port.Regions);

        Assert.True(write.Segments[0].Bytes.SequenceEqual(_drive.Bytes.AsSpan(Block, length)));
        Assert.True(write.Segments[0].Bytes.SequenceEqual(read.Segments[0].Bytes));
        Assert.Equal(queued ? [0x61, 0x60] : [0x35, 0x25], ahci.Port.Commands.TakeLast(2).Select(command => (int)command));
    }

    [Fact]
    public void A_read_costs_six_accesses_and_32_at_once_hardly_more()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        long before = tester.Accesses;

        tester.Run(Client.Request(BlockOperation.Read, 0, Block));
        Assert.Equal(6, tester.Accesses - before);

        before = tester.Accesses;
        tester.RunAll(Reads(32));
        Assert.Equal(6, tester.Accesses - before);
        Assert.Equal(32, ahci.Port.Deepest);
    }

    [Fact]
    public void A_flush_and_a_trim_run_alone_between_queued_commands()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);

        tester.RunAll(
        [
            .. Reads(5), Client.RangeRequest(BlockOperation.Flush, 0, 0), .. Reads(5),
            Client.RangeRequest(BlockOperation.Discard, Block, 1 << 20), .. Reads(5),
        ]);

        Assert.All(tester.Requests, request => Assert.Equal(BlockStatus.Ok, request.Status));
        Assert.Equal((1, 2048), (_drive.Flushes, _drive.Trimmed));
    }

    [Theory]
    [InlineData(false, "tells")]
    [InlineData(false, "refuses to tell")]
    [InlineData(false, "names a command that is not there")]
    [InlineData(false, "has a wrong checksum")]
    [InlineData(false, "says that it was not a queued one")]
    [InlineData(true, "tells")]
    [InlineData(true, "refuses to tell")]
    public void Of_32_reads_at_once_only_those_to_bad_sectors_fail_whatever_the_disk_tells_of_it(bool goesOn, string log)
    {
        ModelAhci ahci = new(_drive);
        new Random(3).NextBytes(_drive.Bytes);
        ahci.Port.GoesOnAfterErrors = goesOn;
        ahci.Port.ErrorLog = page => Change(page, log);
        Tester tester = Start(ahci);
        _drive.IsBad = sector => sector is (7 * 8) + 3 or (20 * 8) + 1;

        tester.RunAll(Reads(32));

        for (int i = 0; i < 32; i++)
        {
            BlockRequest request = tester.Requests[i];
            Assert.Equal(i is 7 or 20 ? BlockStatus.DeviceError : BlockStatus.Ok, request.Status);
            if (request.Status == BlockStatus.Ok)
                Assert.True(request.Segments[0].Bytes.SequenceEqual(_drive.Bytes.AsSpan(i * Block, Block)));
        }

        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Read, 0, Block)));
        Assert.Equal(BlockDeviceState.Ready, tester.Queue.Device.State);
    }

    [Fact]
    public void A_write_that_fails_takes_no_other_with_it()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        _drive.IsBad = sector => sector == 12 * 8;
        BlockRequest[] writes = [.. Enumerable.Range(0, 32).Select(i => Client.Request(BlockOperation.Write, i * Block, Block))];
        foreach (BlockRequest write in writes)
            write.Segments[0].Bytes.Fill(9);

        tester.RunAll(writes);

        Assert.Equal([12], Enumerable.Range(0, 32).Where(i => writes[i].Status != BlockStatus.Ok));
        Assert.Equal(31 * Block, _drive.Bytes.Count(each => each == 9));
    }

    [Fact]
    public void A_flush_that_fails_says_so_alone()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        ahci.Port.FlushFails = true;

        Assert.Equal(BlockStatus.DeviceError, tester.Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        ahci.Port.FlushFails = false;
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Read, 0, Block)));
    }

    [Fact]
    public void What_a_silent_disk_was_asked_is_asked_again_after_a_reset()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        int resets = ahci.Port.Resets;
        ahci.Port.Hangs = true;
        tester.Submit(Reads(8));

        tester.PassTimeout();
        Assert.All(tester.Requests, request => Assert.Equal(BlockStatus.Pending, request.Status));
        Assert.Equal(resets + 1, ahci.Port.Resets);
        ahci.Port.Hangs = false;
        tester.PassTimeout();
        tester.RunAll([]);

        Assert.All(tester.Requests, request => Assert.Equal(BlockStatus.Ok, request.Status));
        Assert.Equal(resets + 2, ahci.Port.Resets);
    }

    [Fact]
    public void A_disk_that_stays_silent_costs_each_request_three_attempts_and_lives_on_when_it_speaks()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        ahci.Port.Hangs = true;
        BlockRequest[] reads = Reads(4);
        tester.Submit(reads);
        for (int i = 0; i < BlockQueue.MaxAttempts; i++)
            tester.PassTimeout();

        Assert.All(reads, request => Assert.Equal(BlockStatus.TimedOut, request.Status));
        ahci.Port.Hangs = false;
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Read, 0, Block)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disk_that_no_reset_brings_back_is_gone_and_is_kept_from_memory(bool unstoppable)
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        ahci.Port.Hangs = true;
        ahci.Port.Dead = true;
        ahci.Port.Unstoppable = unstoppable;
        BlockRequest[] reads = Reads(4);
        tester.Submit(reads);

        tester.PassTimeout();

        Assert.All(reads, request => Assert.Equal(BlockStatus.Gone, request.Status));
        Assert.Equal(BlockDeviceState.Gone, tester.Queue.Device.State);
        Assert.Equal(!unstoppable, ahci.MastersBus);
        Assert.Equal(BlockStatus.Gone, tester.Run(Client.Request(BlockOperation.Read, 0, Block)));
    }

    [Fact]
    public void Errors_for_ever_end_in_an_error()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        ahci.Port.AlwaysFails = true;

        tester.RunAll(Reads(8));

        Assert.All(tester.Requests, request => Assert.Equal(BlockStatus.DeviceError, request.Status));
    }

    [Fact]
    public void What_cannot_be_asked_is_refused_before_the_disk_hears_of_it()
    {
        ModelAhci ahci = new(_drive);
        Tester tester = Start(ahci);
        int before = ahci.Port.Commands.Count;

        BadRequests.AssertRefused(tester.Run, DiskBytes);

        Assert.Equal(before, ahci.Port.Commands.Count);
    }

    [Fact]
    public void Any_identity_at_all_gives_a_disk_or_a_refusal()
    {
        Random random = new(6);
        for (int i = 0; i < 100; i++)
        {
            ModelAtaDrive drive = new(1 << 20);
            random.NextBytes(drive.Identify.AsSpan(random.Next(500)));
            DiskSet disks = Attach(new ModelAhci(drive));
            Assert.True(disks.Count == 0 || disks[0].Device.Limits.Problem is null);
        }
    }

    private static byte[]? Change(byte[] page, string log)
    {
        switch (log)
        {
            case "refuses to tell":
                return null;
            case "names a command that is not there":
                // The checksum stays right.
                page[0] += 64;
                page[511] -= 64;
                page[0] = (byte)((page[0] & ~31) | 31);
                return page;
            case "has a wrong checksum":
                page[511]++;
                return page;
            case "says that it was not a queued one":
                page[0] |= 0x80;
                page[511] -= 0x80;
                return page;
            default:
                return page;
        }
    }

    private static BlockRequest[] Reads(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Client.Request(BlockOperation.Read, i * Block, Block))];

    private static Tester Start(ModelAhci ahci) => new(ahci, Attach(ahci)[0]);

    private static DiskSet Attach(ModelAhci ahci)
    {
        DiskSet disks = new(ahci.Platform);
        AhciDriver driver = new();
        Assert.True(driver.Matches(ahci.Function));
        driver.Attach(ahci.Function, ahci.Platform, disks);
        return disks;
    }

    private sealed class Tester(ModelAhci ahci, BlockQueue queue) : BlockClient
    {
        public BlockQueue Queue => queue;

        public BlockRequest[] Requests { get; private set; } = [];

        public long Accesses =>
            queue.Device.Counters[PathEvent.RegisterRead] + queue.Device.Counters[PathEvent.RegisterWrite];

        protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
        {
        }

        public void Submit(BlockRequest[] requests)
        {
            Requests = requests;
            queue.Submit(requests, this);
        }

        public void PassTimeout() => Client.PassTimeout(queue, ahci.Platform);

        /// <summary>Submits and polls, without a deadline passing, until all are complete.</summary>
        public void RunAll(BlockRequest[] requests)
        {
            if (requests.Length != 0)
                Submit(requests);
            for (int i = 0; Requests.Any(request => request.Status == BlockStatus.Pending); i++)
            {
                Assert.True(i < 1000, "a request never ends");
                ahci.DeliverInterrupts();
                queue.Poll(ahci.Platform.Time);
            }
        }

        public BlockStatus Run(BlockRequest request)
        {
            RunAll([request]);
            return request.Status;
        }
    }
}
