using System;
using System.Collections.Generic;
using System.Text.Json;
using Guest.Integration.Tests.Disk;
using Guest.Rig;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;
using static Guest.Integration.Tests.Disk.DiskGuest;

namespace Guest.Integration.Tests.Xen;

/// <summary>apps/Disk on real Xen, with a real dom0 and xen-blkback before an image file.</summary>
public sealed class XenDiskTests : IDisposable
{
    private const int DiskBytes = 4 << 20;
    private const int Block = 4096;
    private const string End = "the application ended with exit code ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly DiskImage _image = new(DiskBytes);
    private readonly XenHost _host = XenHost.Restore(network: null, prefix: []);

    public void Dispose()
    {
        _host.Dispose();
        _image.Dispose();
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void What_the_guest_reads_is_what_the_file_holds(DomainType type)
    {
        JsonElement hash = Assert.Single(Run("hash block=64K", type));

        Assert.Equal(_image.Hash(DiskBytes), hash.GetProperty("sha256").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void Random_writes_and_a_mixed_load_are_where_a_model_on_the_host_has_them_and_nowhere_else()
    {
        for (int at = 0; at < DiskBytes; at += 2 * Block)
            _image.Write(at, Block, seed: 5);
        _image.Save();
        _image.WriteRandomly(Block, count: 2_000, seed: 5, oddOnly: true);
        _image.WriteRandomly(Block, count: 300, seed: 7);
        _image.Write(offset: 1 << 20, length: (1 << 20) + 512, seed: 9);

        List<JsonElement> jobs = Run(
            "randrw depth=32 count=2000 seed=5 randwrite count=300 depth=8 seed=7 write offset=1M length=1049088 block=128K depth=3 seed=9 flush");

        Assert.Equal((2_000, 0), (Count(jobs[0], "requests"), Count(jobs[0], "errors")));
        _image.AssertAsModel();
    }

    [Fact]
    public void Transfers_of_a_MiB_are_one_request_each_and_memory_is_granted_once()
    {
        List<JsonElement> jobs = Run("read block=1M write block=1M depth=2 seed=3 randread depth=32 count=3000");

        // 256 segments in an indirect request; "reads" and "writes" are what the back end was given, after all splitting.
        Assert.Equal((4, 4), (Count(jobs[0], "requests"), Count(jobs[0], "reads")));
        Assert.Equal((4, 4), (Count(jobs[1], "requests"), Count(jobs[1], "writes")));
        Assert.InRange(Count(jobs[0], "hypercalls"), 1, 4 + 256);

        // Each of 32 buffers of a page, used a hundred times, and told of in bursts.
        Assert.Equal(32, Count(jobs[2], "grantOperations"));
        Assert.InRange(Count(jobs[2], "hypercalls"), 1, 3_000 / 5);
    }

    [Fact]
    public void What_is_discarded_is_cut_out_of_the_image_and_zeroes_are_written()
    {
        _image.Model.Slice(1 << 20, 2 << 20).Clear();

        Run("discard offset=1M length=1M block=1M zero offset=2M length=1M block=1M flush");

        _image.AssertAsModel();
    }

    [Fact]
    public void A_read_only_disk_is_read_and_not_written_to_and_the_end_is_the_end()
    {
        List<JsonElement> jobs = Run("hash write count=1 read offset=4M count=1 read offset=100 count=1", exitCode: 1, readOnly: true);

        Assert.Equal(_image.Hash(DiskBytes), jobs[0].GetProperty("sha256").GetString());
        Assert.Equal("read-only", jobs[1].GetProperty("firstError").GetString());
        Assert.Equal("out of range", jobs[2].GetProperty("firstError").GetString());
        Assert.Equal("unaligned", jobs[3].GetProperty("firstError").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void Sectors_of_4096_bytes_are_read_and_written_and_nothing_smaller()
    {
        _image.WriteRandomly(8192, count: 100, seed: 3);

        List<JsonElement> jobs = Run("randwrite block=8K count=100 depth=8 seed=3 flush read count=1 block=512", exitCode: 1, sectorSize: 4096);

        Assert.Equal("unaligned", jobs[2].GetProperty("firstError").GetString());
        _image.AssertAsModel();
    }

    [Fact]
    public void Requests_wait_while_the_disk_is_detached_and_go_to_it_when_it_is_attached_again()
    {
        for (int at = 0; at < DiskBytes; at += 2 * Block)
            _image.Write(at, Block, seed: 5);
        _image.Save();
        _image.WriteRandomly(Block, count: 25_000, seed: 5, oddOnly: true);
        string device = _host.AttachDisk(_image.Path);
        Domain domain = Boot("read count=1 randrw depth=32 count=25000 seed=5 flush", DomainType.Pv, device);
        domain.Console.WaitFor("{\"job\":\"read\"", s_patience);

        domain.Xl("block-detach", "xvda");
        domain.Console.WaitFor("blkfront0: taken away", s_patience);
        Assert.DoesNotContain(domain.Console.Lines, line => line.Contains("randrw", StringComparison.Ordinal));
        domain.Xl("block-attach", $"format=raw,vdev=xvda,access=rw,target={device}");

        List<JsonElement> jobs = WaitForEnd(domain, 0);
        Assert.Equal((25_000, 0), (Count(jobs[1], "requests"), Count(jobs[1], "errors")));
        _image.AssertAsModel();
    }

    [Fact]
    public void A_request_that_the_back_end_never_answers_fails_once_its_time_is_over()
    {
        string device = _host.AttachDisk(_image.Path);
        Domain domain = Boot("ask", DomainType.Pv, device, kernelOptions: "disk-timeout=400ms");
        domain.Console.WaitFor("type jobs", s_patience);

        _host.StallDisk(device);
        domain.Type("read count=2 offset=64K\n\n"u8);

        JsonElement read = Assert.Single(WaitForEnd(domain, 1));
        Assert.Equal((2, 1), (Count(read, "requests"), Count(read, "errors")));
        Assert.Equal("timed out", read.GetProperty("firstError").GetString());
        Assert.InRange(Count(read, "microseconds"), 400_000, 15_000_000);
    }

    [Fact]
    public void A_disk_that_is_attached_to_the_running_domain_under_a_new_name_is_found_by_it()
    {
        using DiskImage other = new(DiskBytes, seed: 77);
        Domain domain = Boot("ask", DomainType.Pv, _host.AttachDisk(_image.Path));
        domain.Console.WaitFor("type jobs", s_patience);

        domain.Xl("block-attach", $"format=raw,vdev=xvdb,access=r,target={_host.AttachDisk(other.Path, readOnly: true)}");
        domain.Console.WaitFor($"blkfront1: {DiskBytes >> 10} KiB in sectors of 512, read-only", s_patience);
        domain.Type("disk=blkfront1 hash block=64K write count=1\n\n"u8);

        List<JsonElement> jobs = WaitForEnd(domain, 1);
        Assert.Equal(other.Hash(DiskBytes), jobs[0].GetProperty("sha256").GetString());
        Assert.Equal("read-only", jobs[1].GetProperty("firstError").GetString());
    }

    /// <summary>More memory than can be granted at once, in requests of every size: 32, 32 and twice 23 MiB of buffers, where 24 MiB stay granted.</summary>
    [Theory]
    [InlineData("write block=1M depth=32 length=64M seed=3", 64 << 20, 3)]
    [InlineData("write block=128K depth=8 length=64M seed=5 randrw block=128K depth=256 count=512 length=64M seed=5", 64 << 20, 5)]
    [InlineData("write block=1M depth=23 length=46M seed=7 verify block=1M depth=23 length=46M seed=7", 46 << 20, 7)]
    public void Buffers_beyond_what_can_be_granted_at_once_are_read_and_written_all_the_same(string jobs, int written, int seed)
    {
        using DiskImage image = new(64 << 20);
        image.Write(0, written, seed);
        Domain domain = Boot(jobs, DomainType.Pv, _host.AttachDisk(image.Path), memoryMiB: 256);

        foreach (JsonElement job in WaitForEnd(domain, 0))
            Assert.Equal(0, Count(job, "errors"));
        image.AssertAsModel();
    }

    /// <summary>More disks one after another than any table of theirs has room for, and the first stays as it is.</summary>
    [Fact]
    public void Disks_come_and_go_again_and_again_under_ever_new_numbers()
    {
        const int Times = 20;
        using DiskImage other = new(DiskBytes, seed: 77);
        Domain domain = Boot("ask", DomainType.Pv, _host.AttachDisk(_image.Path));
        domain.Console.WaitFor("type jobs", s_patience);
        string device = _host.AttachDisk(other.Path, readOnly: true);
        int from = 0;
        for (int i = 0; i < Times; i++)
        {
            // xvdb to xvdz, then xvdaa and so on.
            string name = i < 25 ? $"xvd{(char)('b' + i)}" : $"xvda{(char)('a' + i - 25)}";
            domain.Xl("block-attach", $"format=raw,vdev={name},access=r,target={device}");
            domain.Console.WaitFor("the disk", line => line.Contains($"blkfront1: {DiskBytes >> 10} KiB", StringComparison.Ordinal), s_patience, from, whole: true);
            from = domain.Console.Count;
            domain.Xl("block-detach", name);
            domain.Console.WaitFor("its end", line => line.Contains("blkfront1: taken away", StringComparison.Ordinal), s_patience, from, whole: true);
            from = domain.Console.Count;
        }

        domain.Xl("block-attach", $"format=raw,vdev=xvdb,access=r,target={device}");
        domain.Console.WaitFor("the disk", line => line.Contains("blkfront1: ", StringComparison.Ordinal), s_patience, from, whole: true);
        domain.Type("disk=blkfront1 hash block=64K\ndisk=blkfront0 hash block=64K\n\n"u8);
        List<JsonElement> jobs = WaitForEnd(domain, 0);
        Assert.Equal(other.Hash(DiskBytes), jobs[0].GetProperty("sha256").GetString());
        Assert.Equal(_image.Hash(DiskBytes), jobs[1].GetProperty("sha256").GetString());
    }

    private List<JsonElement> Run(
        string jobs, DomainType type = DomainType.Pv, int exitCode = 0, bool readOnly = false, int sectorSize = 512)
    {
        Domain domain = Boot(jobs, type, _host.AttachDisk(_image.Path, readOnly, sectorSize), readOnly);
        return WaitForEnd(domain, exitCode);
    }

    private static List<JsonElement> WaitForEnd(Domain domain, int exitCode)
    {
        string end = domain.Console.WaitFor(End, s_patience);
        Assert.True(end.EndsWith($"{End}{exitCode}", StringComparison.Ordinal), domain.Report());
        return [.. Lines(domain.Console.Lines)];
    }

    private Domain Boot(string jobs, DomainType type, string device, bool readOnly = false, string kernelOptions = "", int memoryMiB = 64) => _host.Create(new DomainConfiguration
    {
        Name = "disk",
        Kernel = Repository.Find().ImageOf("disk"),
        CommandLine = $"{kernelOptions} -- {jobs}".Trim(),
        Type = type,
        NativeTsc = type == DomainType.Pvh,
        MemoryMiB = memoryMiB,
        Disks = [new VirtualDisk(device, "xvda", readOnly)],
        OnCrash = OnEnd.Preserve,
    });
}
