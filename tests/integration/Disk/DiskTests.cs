using System;
using System.Collections.Generic;
using System.Text.Json;
using static Guest.Integration.Tests.Disk.DiskGuest;

namespace Guest.Integration.Tests.Disk;

/// <summary>apps/Disk on each kind of disk: what it reads and writes is compared byte for byte with the image file.</summary>
public sealed class DiskTests : IDisposable
{
    private const int DiskBytes = 4 << 20;
    private const int Block = 4096;

    private readonly DiskImage _image = new(DiskBytes);

    public static TheoryData<string> Paths => ["virtio", "virtio-packed", "virtio-legacy", "virtio-mmio", "virtio-mmio-legacy", "ide", "ide-pio", "ahci"];

    public void Dispose() => _image.Dispose();

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_the_guest_reads_is_what_the_file_holds(string path)
    {
        JsonElement hash = Assert.Single(new DiskGuest(path, _image.Path).Run("hash block=64K"));

        Assert.Equal(_image.Hash(DiskBytes), hash.GetProperty("sha256").GetString());
        Assert.Equal(DiskBytes, hash.GetProperty("bytes").GetInt64());
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Random_writes_are_where_a_model_on_the_host_has_them_and_nowhere_else(string path)
    {
        _image.WriteRandomly(Block, count: 300, seed: 7);
        _image.Write(offset: 1 << 20, length: (1 << 20) + 512, seed: 9);

        new DiskGuest(path, _image.Path).Run(
            "randwrite count=300 depth=8 seed=7 write offset=1M length=1049088 block=128K depth=3 seed=9 flush");

        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_mixed_load_32_deep_reads_what_is_there_and_writes_what_it_should(string path)
    {
        // The blocks that the job reads must hold the pattern by which it judges them.
        for (int at = 0; at < DiskBytes; at += 2 * Block)
            _image.Write(at, Block, seed: 5);
        _image.Save();
        _image.WriteRandomly(Block, count: 2_000, seed: 5, oddOnly: true);

        JsonElement mixed = new DiskGuest(path, _image.Path).Run("randrw depth=32 count=2000 seed=5 flush")[0];

        Assert.Equal((2_000, 0), (Count(mixed, "requests"), Count(mixed, "errors")));
        Assert.InRange(Count(mixed, "writes"), 900, 1_100);
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Transfers_of_a_MiB_are_one_request_each_and_only_PIO_moves_data_through_registers(string path)
    {
        IReadOnlyList<JsonElement> jobs = new DiskGuest(path, _image.Path).Run("read block=1M write block=1M depth=2 seed=3");

        // "reads" and "writes" are what the device was given, after all splitting.
        Assert.Equal((4, 4), (Count(jobs[0], "requests"), Count(jobs[0], "reads")));
        Assert.Equal((4, 4), (Count(jobs[1], "requests"), Count(jobs[1], "writes")));
        foreach (JsonElement job in jobs)
        {
            long accesses = Count(job, "registerReads") + Count(job, "registerWrites") + Count(job, "portReads") + Count(job, "portWrites");
            Assert.True(path == "ide-pio" ? accesses > DiskBytes / 2 : accesses <= 4 * 16, job.ToString());
        }
    }
}
