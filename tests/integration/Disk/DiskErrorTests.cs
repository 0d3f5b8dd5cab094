using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using static Guest.Integration.Tests.Disk.DiskGuest;

namespace Guest.Integration.Tests.Disk;

/// <summary>Errors that the host injects (QEMU's blkdebug) reach the request that they belong to, and no other; requests that the host
/// never answers end too.</summary>
public sealed class DiskErrorTests : IDisposable
{
    private const int DiskBytes = 1 << 20;
    private const int Block = 4096;
    private const int Blocks = DiskBytes / Block;
    private const int SectorsPerBlock = Block / 512;

    private readonly DiskImage _image = new(DiskBytes);
    private readonly string _rules = Path.GetTempFileName();

    public static TheoryData<string> Paths => ["virtio", "ide", "ide-pio", "ahci"];

    public void Dispose()
    {
        _image.Dispose();
        File.Delete(_rules);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Of_32_reads_at_once_those_fail_that_touch_bad_sectors(string path)
    {
        // Two that are in flight together, and one later.
        IReadOnlyList<JsonElement> jobs = RunWith("read", [101, 105, 200], path, "read depth=32 read length=64K depth=32", exitCode: 1);

        Assert.Equal((Blocks, 3, "device error"), Outcome(jobs[0]));
        Assert.Equal(DiskBytes - (3 * Block), Count(jobs[0], "bytes"));
        Assert.Equal((16, 0, ""), Outcome(jobs[1]));
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Of_32_writes_at_once_all_reach_the_disk_but_those_to_bad_sectors(string path)
    {
        foreach (int block in new[] { 30, 31, 250 })
            _image.Write(block * Block, Block, seed: 4);
        Span<byte> keeps = _image.Model[(30 * Block)..(32 * Block)];
        byte[] kept = keeps.ToArray();
        _image.Save();
        _image.Write(0, DiskBytes, seed: 6);
        kept.CopyTo(keeps);

        JsonElement write = RunWith("write", [30, 31], path, "write depth=32 seed=6", exitCode: 1)[0];

        Assert.Equal((Blocks, 2, "device error"), Outcome(write));
        _image.AssertAsModel();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_flush_that_fails_says_so_and_the_next_one_succeeds(string path)
    {
        IReadOnlyList<JsonElement> jobs = RunWith(
            "flush", [-1], path, "write length=64K seed=6 flush flush read length=64K depth=32", exitCode: 1, once: true);

        Assert.Equal((16, 0, ""), Outcome(jobs[0]));
        Assert.Equal((1, 1, "device error"), Outcome(jobs[1]));
        Assert.Equal((1, 0, ""), Outcome(jobs[2]));
        Assert.Equal((16, 0, ""), Outcome(jobs[3]));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_request_that_is_never_answered_times_out_after_resets_and_the_disk_lives_on(string path)
    {
        // A thousand bytes a second: what follows the first read waits for four, far longer than the guest does. (For ever would not
        // do: QEMU's AHCI obeys a reset only after what is under way has ended.)
        DiskGuest guest = new(path, _image.Path)
        {
            DriveOptions = ",throttling.bps-total=1000",
            KernelOptions = "disk-timeout=500ms",
        };

        IReadOnlyList<JsonElement> jobs = guest.Run("read count=1 read count=1 offset=64K flush", exitCode: 1);

        Assert.Equal((1, 0, ""), Outcome(jobs[0]));
        Assert.Equal((1, 1, "timed out"), Outcome(jobs[1]));
        Assert.Equal(3, Count(jobs[1], "resets"));
        Assert.Equal((1, 0, ""), Outcome(jobs[2]));
        _image.AssertAsModel();
    }

    [Theory]
    [InlineData("virtio")]
    [InlineData("ahci")]
    public void A_throttled_disk_that_goes_on_answering_is_not_timed_out(string path)
    {
        // 32 at once, of which the last waits for 31 others at 50 ms each: four times as long as the guest is patient.
        DiskGuest guest = new(path, _image.Path)
        {
            DriveOptions = ",throttling.iops-total=20",
            KernelOptions = "disk-timeout=400ms",
        };

        JsonElement read = Assert.Single(guest.Run("randread depth=32 count=64"));

        Assert.Equal((64, 0, ""), Outcome(read));
        Assert.Equal(0, Count(read, "resets"));
    }

    private static (long Requests, long Errors, string First) Outcome(JsonElement job) =>
        (Count(job, "requests"), Count(job, "errors"), job.TryGetProperty("firstError", out JsonElement first) ? first.GetString()! : "");

    /// <summary>Runs jobs on a disk that fails.</summary>
    /// <param name="kind">What fails: <c>read</c>, <c>write</c>, <c>flush</c>.</param>
    /// <param name="blocks">The blocks that are bad; -1 for all.</param>
    private IReadOnlyList<JsonElement> RunWith(string kind, int[] blocks, string path, string jobs, int exitCode, bool once = false)
    {
        using (StreamWriter rules = new(_rules))
        {
            foreach (int block in blocks)
            {
                int sector = block < 0 ? -1 : (block * SectorsPerBlock) + 3;
                rules.Write($"[inject-error]\nevent = \"none\"\niotype = \"{kind}\"\nerrno = \"5\"\nsector = \"{sector}\"\n");
                rules.Write($"once = \"{(once ? "on" : "off")}\"\n\n");
            }
        }

        return new DiskGuest(path, $"blkdebug:{_rules}:{_image.Path}")
        {
            // Neighbours that QEMU joins fail together.
            DeviceOptions = path == "virtio" ? ",request-merging=off" : "",
        }.Run(jobs, exitCode);
    }
}
