using System;
using System.IO;
using System.Text.Json;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Qemu;
using Guest.Storage.Tests.Partitions;
using static Guest.Integration.Tests.Disk.DiskGuest;

namespace Guest.Integration.Tests.Disk;

/// <summary>Disks of other shapes than the usual, what they are asked that cannot be, and what is on them.</summary>
public sealed class DiskShapeTests : IDisposable
{
    private const int DiskBytes = 4 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DiskImage _image = new(DiskBytes);

    public static TheoryData<string> Paths => ["virtio", "ide", "ide-pio", "ahci"];

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Sectors_of_4096_bytes_are_read_and_written_and_nothing_smaller()
    {
        DiskGuest guest = new("virtio", _image.Path) { DeviceOptions = ",logical_block_size=4096,physical_block_size=4096" };
        string hash = _image.Hash(DiskBytes);
        _image.WriteRandomly(8192, count: 100, seed: 3);

        var jobs = guest.Run("hash randwrite block=8K count=100 depth=8 seed=3 flush read count=1 block=512", exitCode: 1);

        Assert.Equal(hash, jobs[0].GetProperty("sha256").GetString());
        Assert.Equal("unaligned", jobs[3].GetProperty("firstError").GetString());
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Zeroes_are_written_where_they_are_asked_for_by_devices_that_can_and_by_others(string path)
    {
        _image.Model.Slice(512 * 1024, (1 << 20) + 512).Clear();

        new DiskGuest(path, _image.Path).Run("zero offset=512K length=1049088 block=2M flush");

        _image.AssertAsModel();
    }

    [Theory]
    [InlineData("virtio")]
    [InlineData("ahci")]
    [InlineData("ide")]
    public void What_is_discarded_is_cut_out_of_the_image(string path)
    {
        _image.Model.Slice(1 << 20, 1 << 20).Clear();

        new DiskGuest(path, _image.Path) { DriveOptions = ",discard=unmap" }.Run("discard offset=1M length=1M block=1M flush");

        _image.AssertAsModel();
    }

    [Fact]
    public void A_read_only_disk_is_read_and_not_written_to()
    {
        DiskGuest guest = new("virtio", _image.Path) { DriveOptions = ",readonly=on" };

        var jobs = guest.Run("hash write count=1 zero count=1 discard count=1", exitCode: 1);

        Assert.Equal(_image.Hash(DiskBytes), jobs[0].GetProperty("sha256").GetString());
        for (int i = 1; i < 4; i++)
            Assert.Equal("read-only", jobs[i].GetProperty("firstError").GetString());
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_is_past_the_end_or_not_of_whole_sectors_is_refused_and_nothing_is_written(string path)
    {
        var jobs = new DiskGuest(path, _image.Path).Run(
            "read offset=4M count=1 write offset=4M count=1 write offset=4192256 count=1 write offset=100 count=1 read block=100 count=1 hash",
            exitCode: 1);

        string[] expected = ["out of range", "out of range", "out of range", "unaligned", "unaligned"];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], jobs[i].GetProperty("firstError").GetString());
        Assert.Equal(_image.Hash(DiskBytes), jobs[5].GetProperty("sha256").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void Without_a_disk_the_application_is_told_so()
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("disk") with { Network = null, CommandLine = "disk=ahci -- read" });

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 1), guest.WaitForEnd(s_patience));
        Assert.Contains(guest.Console, line => line.StartsWith("disk: no disk for disk=ahci was found", StringComparison.Ordinal));
        Assert.Contains("{\"error\":\"there is no disk\"}", guest.Console);
    }

    [Theory]
    [InlineData("gpt", 512)]
    [InlineData("gpt", 4096)]
    [InlineData("gpt, first copy damaged", 512)]
    [InlineData("mbr", 512)]
    public void A_partition_is_a_disk_of_its_own_and_what_is_around_it_stays(string table, int sectorSize)
    {
        // A MiB from the second MiB on, and half of one after it.
        ulong mebibyte = (1UL << 20) / (uint)sectorSize;
        TableImage tables = new(DiskBytes / sectorSize, sectorSize);
        _ = table == "mbr"
            ? tables.Entry(0, 0, 0x83, (uint)mebibyte, (uint)mebibyte).Entry(0, 1, 0x83, (uint)(2 * mebibyte), (uint)(mebibyte / 2))
            : tables.Gpt((mebibyte, (2 * mebibyte) - 1), (2 * mebibyte, (mebibyte * 5 / 2) - 1));
        if (table.Contains("damaged", StringComparison.Ordinal))
            tables.Bytes[sectorSize + 20] ^= 1;
        tables.Bytes.CopyTo(_image.Model);
        _image.Save();
        byte[] pattern = new byte[1 << 19];
        DiskJobs.Pattern.Fill(pattern, 0, 3);
        pattern.CopyTo(_image.Model[(2 << 20)..]);

        DiskGuest guest = new("virtio", _image.Path) { DeviceOptions = $",logical_block_size={sectorSize},physical_block_size={sectorSize}" };
        guest.Run("disk=virtio-blk0p2 write seed=3 block=64K verify seed=3 flush");
        JsonElement beyond = guest.Run("disk=virtio-blk0p2 write seed=4 offset=512K count=1", exitCode: 1)[0];

        Assert.Equal("out of range", beyond.GetProperty("firstError").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void A_partition_table_that_is_damaged_twice_is_not_believed()
    {
        TableImage tables = new TableImage(DiskBytes / 512).Gpt((2048, 4095));
        tables.Bytes[512 + 20] ^= 1;
        tables.Bytes[^492] ^= 1;
        tables.Bytes.CopyTo(_image.Model);
        _image.Save();
        using QemuGuest guest = new DiskGuest("virtio", _image.Path).Boot("disk=virtio-blk0p1 write");

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 1), guest.WaitForEnd(s_patience));
        Assert.Contains("{\"error\":\"the header has a wrong CRC\"}", guest.Console);
        _image.AssertAsModel();
    }
}
