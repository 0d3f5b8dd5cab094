using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Storage.Devices;
using Guest.Testing;

namespace Guest.Storage.Tests.Virtio;

public class VirtioBlkTests
{
    private const ulong SizeMax = 1 << 1;
    private const ulong SegMax = 1 << 2;
    private const ulong ReadOnly = 1 << 5;
    private const ulong BlockSize = 1 << 6;
    private const ulong Flush = 1 << 9;
    private const ulong Topology = 1 << 10;
    private const ulong ConfigWriteCache = 1 << 11;
    private const ulong Discard = 1 << 13;
    private const ulong WriteZeroes = 1 << 14;
    private const ulong Usual = SegMax | BlockSize | Flush | Topology | ConfigWriteCache | Discard | WriteZeroes
        | (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex | VirtioFeatures.IndirectDescriptors);

    private readonly PathCounters _counters = new("virtio-blk0");

    public static TheoryData<string, ulong> Paths
    {
        get
        {
            TheoryData<string, ulong> data = [];
            foreach (string transport in (string[])["pci", "mmio", "mmio-legacy", "pci-legacy"])
            {
                data.Add(transport, Usual);
                data.Add(transport, Usual & ~(ulong)VirtioFeatures.IndirectDescriptors);
                data.Add(transport, Usual & ~(ulong)VirtioFeatures.EventIndex);
                if (!transport.Contains("legacy"))
                    data.Add(transport, Usual | (ulong)VirtioFeatures.PackedRing);
            }

            return data;
        }
    }

    [Fact]
    public void It_takes_its_limits_from_the_device()
    {
        var (disk, _, _) = Make(Usual);

        BlockLimits limits = disk.Limits;
        Assert.Null(limits.Problem);
        Assert.Equal(
            (ModelVirtioDisk.Sectors * 512L, 512, 4096, false, true),
            (limits.Capacity, limits.LogicalSectorSize, limits.PhysicalSectorSize, limits.ReadOnly, limits.HasWriteCache));
        Assert.Equal((64, 20, 1024 * 512L, 256 * 512L), (limits.Depth, limits.MaxSegments, limits.MaxDiscardBytes, limits.MaxWriteZeroesBytes));
        Assert.Equal("serial-4711"u8, disk.Identity.Serial);
    }

    [Fact]
    public void A_plain_disk_has_sectors_of_512_and_takes_one_piece()
    {
        var (disk, _, _) = Make((ulong)VirtioFeatures.Version1);

        BlockLimits limits = disk.Limits;
        Assert.Equal((512, 512, 1, false, 0L), (limits.LogicalSectorSize, limits.PhysicalSectorSize, limits.MaxSegments, limits.HasWriteCache, limits.MaxDiscardBytes));
    }

    [Fact]
    public void A_disk_without_its_cache_needs_no_flush()
    {
        ModelVirtioDisk model = new(Usual);
        model.Configuration[32] = 0;

        Assert.False(Start(model).Limits.HasWriteCache);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_is_written_is_read_again(string transport, ulong features)
    {
        ModelVirtioDisk model = new(features);
        VirtioBlk disk = VirtioBlk.TryCreate(Machine(transport, model).Open(_counters)!, new FakePlatform())!;
        Client client = new(disk);
        Random random = new(5);
        byte[] expected = new byte[model.Content.Length];
        for (int i = 0; i < 200; i++)
        {
            int sector = random.Next(ModelVirtioDisk.Sectors - 48);
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => 512 * random.Next(1, 16))];
            BlockRequest request = Client.Request(random.Next(2) == 0 ? BlockOperation.Write : BlockOperation.Read, sector * 512L, lengths);
            if (request.Operation == BlockOperation.Write)
                FillRandom(request, random, expected);
            Assert.Equal(BlockStatus.Ok, client.Run(request));
            if (request.Operation == BlockOperation.Read)
                AssertRead(request, expected);
        }

        Assert.True(model.Content.AsSpan().SequenceEqual(expected));
        Assert.Equal((0, 0), (_counters[PathEvent.Violation], _counters[PathEvent.CopiedBytes]));
    }

    [Fact]
    public void What_cannot_be_asked_is_refused_before_the_device_hears_of_it()
    {
        var (_, model, client) = Make(Usual);
        model.Log.Clear();

        BadRequests.AssertRefused(client.Run, ModelVirtioDisk.Sectors * 512L);

        Assert.Empty(model.Log);
    }

    [Fact]
    public void A_request_of_many_pieces_is_one_descriptor_of_the_ring()
    {
        var (_, model, client) = Make(Usual);
        model.Log.Clear();

        client.Run(Client.Request(BlockOperation.Write, 0, [.. Enumerable.Repeat(4096, 20)]));

        Assert.Equal([(1u, 22, 1)], model.Log);
    }

    [Fact]
    public void A_burst_rings_the_bell_once()
    {
        var (_, model, client) = Make(Usual);
        model.Holds = true;
        long before = _counters[PathEvent.Notification];

        client.Submit([.. Enumerable.Range(0, 32).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))]);
        Assert.Equal(1, _counters[PathEvent.Notification] - before);
        model.Serve(evenIfHolding: true);
        client.Poll();

        Assert.Equal(32, client.Completed.Count);
        Assert.All(client.Completed, request => Assert.Equal(BlockStatus.Ok, request.Status));
    }

    [Fact]
    public void More_than_the_ring_holds_waits_its_turn()
    {
        var (_, model, client) = Make(Usual & ~(ulong)VirtioFeatures.IndirectDescriptors);
        model.Holds = true;
        client.Submit([.. Enumerable.Range(0, 100).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))]);
        for (int i = 0; i < 10; i++)
        {
            model.Serve(evenIfHolding: true);
            client.Poll();
        }

        Assert.Equal(100, client.Completed.Count);
    }

    [Fact]
    public void Flush_discard_and_zeroes_are_commands_of_their_own()
    {
        var (_, model, client) = Make(Usual);
        model.Content.AsSpan().Fill(0xaa);
        model.Log.Clear();

        Assert.Equal(BlockStatus.Ok, client.Run(new BlockRequest { Operation = BlockOperation.Flush }));
        Assert.Equal(BlockStatus.Ok, client.Run(Client.RangeRequest(BlockOperation.Discard, 4096, 8192)));
        Assert.Equal(BlockStatus.Ok, client.Run(Client.RangeRequest(BlockOperation.WriteZeroes, 65536, 512)));

        Assert.Equal([(4u, 2, 1), (11u, 3, 1), (13u, 3, 1)], model.Log);
        Assert.Equal(16, model.Content.Count(b => b == 0xdd) / 512);
        Assert.True(model.Content.AsSpan(65536, 512).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal((0xaa, 0xaa), (model.Content[65535], model.Content[65536 + 512]));
    }

    [Theory]
    [InlineData(1, BlockStatus.DeviceError)]
    [InlineData(2, BlockStatus.Unsupported)]
    public void An_error_of_the_hosts_is_the_requests(byte answer, BlockStatus status)
    {
        var (disk, model, client) = Make(Usual);
        model.Answer = answer;

        Assert.Equal(status, client.Run(Client.Request(BlockOperation.Read, 0, 512)));

        Assert.Equal((BlockDeviceState.Ready, 0), (disk.State, _counters[PathEvent.Reset]));
    }

    [Fact]
    public void A_read_only_disk_says_so() => Assert.True(Make(Usual | ReadOnly).Disk.Limits.ReadOnly);

    [Fact]
    public void A_greatest_length_of_a_piece_is_kept()
    {
        ModelVirtioDisk model = new(Usual | SizeMax);
        model.Put32(8, 4096);
        Client client = new(Start(model));
        model.Log.Clear();

        client.Run(Client.Request(BlockOperation.Read, 0, 16384));

        Assert.Equal([(0u, 6, 1)], model.Log);
    }

    [Fact]
    public void A_disk_that_grows_has_new_limits()
    {
        ModelVirtioDisk model = new(Usual);
        ModelMachine machine = Machine("pci", model);
        VirtioBlk disk = VirtioBlk.TryCreate(machine.Open(_counters)!, new FakePlatform())!;
        model.Put64(0, 4 * ModelVirtioDisk.Sectors);
        machine.InterruptForConfiguration();

        Assert.False(disk.Arm());
        disk.Complete(new BlockRequest[1]);

        Assert.Equal(4L * ModelVirtioDisk.Sectors * 512, disk.Limits.Capacity);
        Assert.True(disk.Arm());
    }

    [Theory]
    [InlineData(12, 1000u)]       // seg_max
    [InlineData(12, 0u)]
    [InlineData(8, 512u)]         // size_max
    [InlineData(20, 4096u)]       // blk_size
    [InlineData(36, 0u)]          // max_discard_sectors
    public void Nothing_but_the_size_changes_whatever_the_device_says_later(int field, uint value)
    {
        ModelVirtioDisk model = new(Usual | SizeMax);
        model.Put32(8, 65536);
        ModelMachine machine = Machine("pci", model);
        VirtioBlk disk = VirtioBlk.TryCreate(machine.Open(_counters)!, new FakePlatform())!;
        Client client = new(disk);
        BlockLimits before = disk.Limits;
        int segments = before.MaxSegments;
        model.Put32(field, value);
        model.Put64(0, ModelVirtioDisk.Sectors / 2);
        machine.InterruptForConfiguration();
        client.Poll();
        disk.Reset();
        client.Poll();

        Assert.Same(before, disk.Limits);
        Assert.Equal((ModelVirtioDisk.Sectors / 2 * 512L, segments, 512), (disk.Limits.Capacity, disk.Limits.MaxSegments, disk.Limits.LogicalSectorSize));
        Assert.Equal(BlockStatus.Ok, client.Run(Client.Request(BlockOperation.Write, 0, [.. Enumerable.Repeat(512, 200)])));
        Assert.All(model.Log, request => Assert.True(request.Pieces <= segments + 2));
        Assert.Equal(BlockStatus.OutOfRange, client.Run(Client.Request(BlockOperation.Read, ModelVirtioDisk.Sectors * 256L, 512)));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(16, true)]
    [InlineData(32, true)]
    [InlineData(64, true)]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(32, false)]
    public void Requests_of_many_pieces_end_on_a_ring_of_any_size(int ringSize, bool indirect)
    {
        foreach (ulong layout in (ulong[])[0, (ulong)VirtioFeatures.PackedRing])
        {
            ModelVirtioDisk model = new((indirect ? Usual : Usual & ~(ulong)VirtioFeatures.IndirectDescriptors) | layout, ringSize);
            model.Put32(12, 1022);
            Client client = new(Start(model));
            foreach (int pieces in (int[])[1, 2, 6, 7, 14, 62, 63, 100, 254, 300])
                Assert.Equal(BlockStatus.Ok, client.Run(Client.Request(BlockOperation.Write, 0, [.. Enumerable.Repeat(512, pieces)])));
            Assert.Equal(0, _counters[PathEvent.Reset]);
        }
    }

    [Fact]
    public void Two_resets_in_a_row_throw_each_request_out_once()
    {
        var (disk, model, client) = Make(Usual);
        model.Holds = true;
        BlockRequest[] requests = [.. Enumerable.Range(0, 3).Select(i => Client.Request(BlockOperation.Read, i * 4096, 4096))];
        client.Submit(requests);
        disk.Reset();
        disk.Reset();
        model.Holds = false;
        for (int i = 0; i < 5; i++)
            client.Poll();

        Assert.All(requests, request => Assert.Equal(BlockStatus.Ok, request.Status));
        Assert.True(client.Queue.Arm());
    }

    [Fact]
    public void A_disk_that_is_gone_lets_the_machine_idle_whatever_interrupt_is_pending()
    {
        ModelVirtioDisk model = new(Usual);
        ModelMachine machine = Machine("pci", model);
        VirtioBlk disk = VirtioBlk.TryCreate(machine.Open(_counters)!, new FakePlatform())!;
        model.Device.StuckInReset = true;
        machine.InterruptForConfiguration();
        disk.Reset();

        Assert.Equal(BlockDeviceState.Gone, disk.State);
        Assert.True(disk.Arm());
        Assert.Equal(0, disk.Complete(new BlockRequest[1]));
        Assert.True(disk.Arm());
    }

    [Fact]
    public void A_disk_that_grew_while_it_was_reset_has_its_new_size()
    {
        ModelVirtioDisk model = new(Usual);
        ModelMachine machine = Machine("pci", model);
        VirtioBlk disk = VirtioBlk.TryCreate(machine.Open(_counters)!, new FakePlatform())!;
        model.Put64(0, 4 * ModelVirtioDisk.Sectors);
        model.Device.AskForReset();
        machine.InterruptForConfiguration();
        disk.Complete(new BlockRequest[1]);

        Assert.Equal((4L * ModelVirtioDisk.Sectors * 512, BlockDeviceState.Ready), (disk.Limits.Capacity, disk.State));
    }

    [Theory]
    [InlineData(20, 0u)]          // blk_size
    [InlineData(20, 513u)]
    [InlineData(20, 0x8000_0000u)]
    [InlineData(12, 0u)]          // seg_max
    public void A_disk_that_cannot_be_has_a_problem_and_is_left_alone(int field, uint value)
    {
        ModelVirtioDisk model = new(Usual);
        model.Put32(field, value);

        Assert.NotNull(Start(model).Limits.Problem);
        Assert.Empty(model.Log);
    }

    [Fact]
    public void A_foreign_id_resets_the_disk_and_its_requests_run_again()
    {
        var (_, model, client) = Make(Usual);
        model.Holds = true;
        BlockRequest request = Client.Request(BlockOperation.Read, 0, 4096);
        client.Submit(request);
        model.Device.Ring(0).FillRaw(id: 50, written: 1);
        model.Device.Ring(0).Flush();
        client.Poll();
        Assert.Equal((1, 1), (_counters[PathEvent.Violation], _counters[PathEvent.Reset]));

        model.Holds = false;
        for (int i = 0; i < 3; i++)
            client.Poll();

        Assert.Equal(BlockStatus.Ok, request.Status);
    }

    [Fact]
    public void A_status_that_does_not_exist_is_a_violation()
    {
        var (_, model, client) = Make(Usual);
        model.Answer = 77;

        Assert.Equal(BlockStatus.DeviceError, client.Run(Client.Request(BlockOperation.Read, 0, 512)));

        Assert.Equal((1, 1), (_counters[PathEvent.Violation], _counters[PathEvent.Reset]));
        model.Answer = null;
        Assert.Equal(BlockStatus.Ok, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
    }

    [Fact]
    public void A_request_that_never_ends_is_tried_again_after_a_reset_and_then_fails()
    {
        var (_, model, client) = Make(Usual);
        model.Holds = true;
        BlockRequest request = Client.Request(BlockOperation.Read, 0, 512);

        Assert.Equal(BlockStatus.TimedOut, client.Run(request));

        Assert.Equal(BlockQueue.MaxAttempts, _counters[PathEvent.Reset]);
        model.Holds = false;
        Assert.Equal(BlockStatus.Ok, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
    }

    [Fact]
    public void A_disk_that_never_comes_out_of_reset_is_gone_and_its_requests_fail()
    {
        var (disk, model, client) = Make(Usual);
        model.Holds = true;
        model.Device.StuckInReset = true;

        Assert.Equal(BlockStatus.Gone, client.Run(Client.Request(BlockOperation.Read, 0, 512)));

        Assert.Equal(BlockDeviceState.Gone, disk.State);
        Assert.Equal(BlockStatus.Gone, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
    }

    private static unsafe void FillRandom(BlockRequest request, Random random, byte[] expected)
    {
        int at = (int)request.Offset;
        foreach (BlockSegment segment in request.Segments)
        {
            random.NextBytes(segment.Bytes);
            segment.Bytes.CopyTo(expected.AsSpan(at));
            at += segment.Length;
        }
    }

    private static void AssertRead(BlockRequest request, byte[] expected)
    {
        int at = (int)request.Offset;
        foreach (BlockSegment segment in request.Segments)
        {
            Assert.True(segment.Bytes.SequenceEqual(expected.AsSpan(at, segment.Length)));
            at += segment.Length;
        }
    }

    private static ModelMachine Machine(string transport, ModelVirtioDisk model) => transport switch
    {
        "pci" => new ModelPciVirtio(model.Device),
        "mmio" => new ModelMmioVirtio(model.Device, version: 2),
        "mmio-legacy" => new ModelMmioVirtio(model.Device, version: 1),
        _ => new ModelLegacyPciVirtio(model.Device, msix: true),
    };

    private VirtioBlk Start(ModelVirtioDisk model) =>
        VirtioBlk.TryCreate(Machine("pci", model).Open(_counters)!, new FakePlatform())!;

    private (VirtioBlk Disk, ModelVirtioDisk Model, Client Client) Make(ulong features)
    {
        ModelVirtioDisk model = new(features);
        VirtioBlk disk = Start(model);
        return (disk, model, new Client(disk));
    }
}
