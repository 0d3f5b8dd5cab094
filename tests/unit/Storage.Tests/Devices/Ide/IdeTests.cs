using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Storage.Devices;

namespace Guest.Storage.Tests;

public unsafe class IdeTests
{
    private const int DiskBytes = 8 << 20;

    [Fact]
    public void Disks_are_found_on_both_channels_and_say_what_they_are()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes), new ModelAtaDrive(1 << 20), new ModelAtaDrive(2 << 20));
        DiskSet disks = Attach(ide);

        Assert.Equal(3, disks.Count);
        Assert.Equal(["ide0", "ide1", "ide2"], Enumerable.Range(0, 3).Select(i => disks[i].Device.Name));
        Assert.Equal([8 << 20, 1 << 20, 2 << 20], Enumerable.Range(0, 3).Select(i => disks[i].Device.Limits.Capacity));
        Assert.Equal("GUEST MODEL DISK"u8, disks[0].Device.Identity.Model);
        Assert.Equal("SER-42"u8, disks[0].Device.Identity.Serial);
    }

    [Fact]
    public void A_disk_is_found_though_its_reset_takes_long_and_the_empty_place_beside_it_is_selected()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes)) { ResetTime = Duration.FromSeconds(2) };
        ide.SelectSecond();

        Assert.Equal(1, Attach(ide).Count);
    }

    [Fact]
    public void No_disk_is_no_error() => Assert.Equal(0, Attach(new ModelIde(null)).Count);

    [Theory]
    [InlineData(true, 512)]
    [InlineData(true, 4096)]
    [InlineData(true, 1 << 20)]
    [InlineData(false, 512)]
    [InlineData(false, 4096)]
    [InlineData(false, 1 << 20)]
    public void What_is_written_is_on_the_disk_and_reads_back(bool dma, int length)
    {
        ModelAtaDrive drive = new(DiskBytes);
        ModelIde ide = new(drive);
        Tester tester = new(ide, Attach(ide, dma)[0]);
        BlockRequest write = Client.Request(BlockOperation.Write, 4096, length);
        new Random(length).NextBytes(write.Segments[0].Bytes);
        BlockRequest read = Client.Request(BlockOperation.Read, 4096, length);

        Assert.Equal(BlockStatus.Ok, tester.Run(write));
        Assert.Equal(BlockStatus.Ok, tester.Run(read));

        Assert.True(write.Segments[0].Bytes.SequenceEqual(drive.Bytes.AsSpan(4096, length)));
        Assert.True(write.Segments[0].Bytes.SequenceEqual(read.Segments[0].Bytes));
        Assert.Equal(0, drive.Bytes[4096 + length]);
    }

    [Fact]
    public void A_request_in_pieces_is_moved_without_a_copy_by_either_means()
    {
        foreach (bool dma in new[] { true, false })
        {
            ModelAtaDrive drive = new(DiskBytes);
            new Random(7).NextBytes(drive.Bytes);
            ModelIde ide = new(drive);
            Tester tester = new(ide, Attach(ide, dma)[0]);
            byte* memory = DeviceMemory.AllocatePages(64);
            BlockRequest read = new(3) { Operation = BlockOperation.Read, Offset = 512 };
            read.AddMemory(memory + 2, 512);
            read.AddMemory(memory + 65536 - 1024, 8192); // across a 64 KiB boundary, if the run begins at one
            read.AddMemory(memory + 131072 - 510, 131072);

            Assert.Equal(BlockStatus.Ok, tester.Run(read));

            int at = 512;
            foreach (BlockSegment segment in read.Segments)
            {
                Assert.True(segment.Bytes.SequenceEqual(drive.Bytes.AsSpan(at, segment.Length)));
                at += segment.Length;
            }

            Assert.Equal(0, tester.Counters[PathEvent.CopiedBytes]);
        }
    }

    [Fact]
    public void A_dma_read_of_4_KiB_costs_at_most_14_accesses()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes));
        Tester tester = new(ide, Attach(ide)[0]);
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 4096);
        tester.Run(read);
        long before = tester.Accesses;
        read.Offset = 123 * 4096;

        tester.Run(read);

        Assert.InRange(tester.Accesses - before, 1, 14);
    }

    [Fact]
    public void Addresses_up_to_28_bits_use_the_short_commands_and_longer_transfers_the_EXT_ones()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes));
        Tester tester = new(ide, Attach(ide)[0]);

        tester.Run(Client.Request(BlockOperation.Read, 0, 131072));
        Assert.Equal(0xc8, ide.LastCommand);
        tester.Run(Client.Request(BlockOperation.Read, 0, 131072 + 512));
        Assert.Equal(0x25, ide.LastCommand);
    }

    [Fact]
    public void A_flush_and_a_trim_reach_the_drive()
    {
        ModelAtaDrive drive = new(DiskBytes);
        ModelIde ide = new(drive);
        Tester tester = new(ide, Attach(ide)[0]);

        Assert.Equal(BlockStatus.Ok, tester.Run(Client.RangeRequest(BlockOperation.Flush, 0, 0)));
        Assert.Equal(1, drive.Flushes);
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.RangeRequest(BlockOperation.Discard, 512, DiskBytes - 512)));
        Assert.Equal((DiskBytes / 512) - 1, drive.Trimmed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bad_sector_is_an_error_of_its_request_alone(bool dma)
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes) { IsBad = sector => sector == 9 });
        Tester tester = new(ide, Attach(ide, dma)[0]);

        Assert.Equal(BlockStatus.DeviceError, tester.Run(Client.Request(BlockOperation.Read, 4096, 4096)));
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Read, 0, 4096)));
        Assert.Equal(BlockStatus.DeviceError, tester.Run(Client.Request(BlockOperation.Write, 4096, 4096)));
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Write, 8192, 4096)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_drive_that_hangs_is_reset_and_asked_again(bool dma)
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes));
        Tester tester = new(ide, Attach(ide, dma)[0]);
        int resets = ide.SoftResets;
        ide.Hangs = true;

        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Read, 0, 4096)));

        Assert.Equal(resets + 1, ide.SoftResets);
        Assert.Equal(1, tester.Counters[PathEvent.Reset]);
    }

    [Fact]
    public void A_drive_that_a_reset_does_not_bring_back_is_gone()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes));
        Tester tester = new(ide, Attach(ide)[0]);
        ide.Hangs = true;
        ide.Dead = true;

        Assert.Equal(BlockStatus.Gone, tester.Run(Client.Request(BlockOperation.Read, 0, 4096)));
        Assert.Equal(BlockStatus.Gone, tester.Run(Client.Request(BlockOperation.Read, 0, 4096)));
    }

    [Fact]
    public void A_PIO_drive_that_wants_more_or_less_than_it_was_asked_for_is_refused()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes)) { EndsEarly = true };
        Tester tester = new(ide, Attach(ide, dma: false)[0]);

        Assert.Equal(BlockStatus.TimedOut, tester.Run(Client.Request(BlockOperation.Write, 0, 65536)));
        Assert.True(tester.Counters[PathEvent.Violation] > 0);

        ide.EndsEarly = false;
        Assert.Equal(BlockStatus.Ok, tester.Run(Client.Request(BlockOperation.Write, 0, 65536)));
    }

    [Fact]
    public void A_bus_master_that_did_not_finish_is_an_error()
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes)) { StaysActive = true };
        Tester tester = new(ide, Attach(ide)[0]);

        Assert.Equal(BlockStatus.DeviceError, tester.Run(Client.Request(BlockOperation.Read, 0, 4096)));
    }

    [Fact]
    public void Two_drives_take_turns_on_one_cable()
    {
        ModelAtaDrive first = new(DiskBytes);
        ModelAtaDrive second = new(DiskBytes);
        first.Bytes.AsSpan().Fill(1);
        second.Bytes.AsSpan().Fill(2);
        ModelIde ide = new(first, second);
        DiskSet disks = Attach(ide);
        Tester a = new(ide, disks[0]);
        Tester b = new(ide, disks[1]);
        BlockRequest[] ofFirst = [.. Enumerable.Range(0, 20).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))];
        BlockRequest[] ofSecond = [.. Enumerable.Range(0, 20).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))];
        a.Queue.Submit(ofFirst, a);
        b.Queue.Submit(ofSecond, b);

        for (int i = 0; i < 200; i++)
        {
            ide.DeliverInterrupts();
            a.Queue.Poll(ide.Platform.Time);
            b.Queue.Poll(ide.Platform.Time);
            Assert.InRange(ofFirst.Count(Done) - ofSecond.Count(Done), -2, 2);
        }

        Assert.All(ofFirst, request => Assert.Equal((BlockStatus.Ok, 1), (request.Status, request.Segments[0].Bytes[4095])));
        Assert.All(ofSecond, request => Assert.Equal((BlockStatus.Ok, 2), (request.Status, request.Segments[0].Bytes[4095])));
        Assert.True(a.Counters[PathEvent.Interrupt] + b.Counters[PathEvent.Interrupt] == 0, "the fake platform counts no interrupts");

        static bool Done(BlockRequest request) => request.Status == BlockStatus.Ok;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_cannot_be_asked_is_refused_before_the_drive_hears_of_it(bool dma)
    {
        ModelIde ide = new(new ModelAtaDrive(DiskBytes));
        Tester tester = new(ide, Attach(ide, dma)[0]);
        long before = tester.Accesses;

        BadRequests.AssertRefused(tester.Run, DiskBytes);

        Assert.Equal(before, tester.Accesses);
    }

    [Fact]
    public void An_identity_with_a_wrong_checksum_is_not_believed()
    {
        ModelAtaDrive drive = new(DiskBytes);
        drive.Identify[510] = 0xa5;
        drive.Identify[511] = 1;

        Assert.Equal(0, Attach(new ModelIde(drive)).Count);
    }

    [Theory]
    [InlineData(0x6000, 512, 512)]
    [InlineData(0x6003, 512, 4096)]
    [InlineData(0x9003, 512, 512)]
    public void Sector_sizes_come_from_word_106_where_it_is_valid(int word106, int logical, int physical)
    {
        ModelAtaDrive drive = new(DiskBytes);
        drive.Word(106, word106);
        BlockLimits limits = Attach(new ModelIde(drive))[0].Device.Limits;

        Assert.Equal((logical, physical), (limits.LogicalSectorSize, limits.PhysicalSectorSize));
    }

    [Fact]
    public void Any_identity_at_all_gives_a_disk_or_a_refusal()
    {
        Random random = new(5);
        for (int i = 0; i < 200; i++)
        {
            ModelAtaDrive drive = new(DiskBytes);
            random.NextBytes(drive.Identify.AsSpan(random.Next(500)));
            DiskSet disks = Attach(new ModelIde(drive));
            Assert.True(disks.Count == 0 || disks[0].Device.Limits.Problem is null);
        }
    }

    private static DiskSet Attach(ModelIde ide, bool dma = true)
    {
        DiskSet disks = new(ide.Platform);
        IdeDriver driver = new(dma);
        Assert.True(driver.Matches(ide.Function));
        driver.Attach(ide.Function, ide.Platform, disks);
        return disks;
    }

    private sealed class Tester(ModelIde ide, BlockQueue queue) : BlockClient
    {
        public BlockQueue Queue => queue;

        public PathCounters Counters => queue.Device.Counters;

        public long Accesses => Counters[PathEvent.PortRead] + Counters[PathEvent.PortWrite];

        protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
        {
        }

        public BlockStatus Run(BlockRequest request)
        {
            queue.Submit([request], this);
            for (int i = 0; request.Status == BlockStatus.Pending; i++)
            {
                Assert.True(i < 10_000, "the request never ends");
                ide.DeliverInterrupts();
                if (!queue.Poll(ide.Platform.Time) && queue.Arm() && i > 5000)
                    Client.WaitForTimer(queue, ide.Platform);
            }

            return request.Status;
        }
    }
}
