using System;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Tool.Bench;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;

namespace Guest.Integration.Tests.Bench;

/// <summary>Linux as the disk's reference: the same jobs, by the same program, reach the same controllers.</summary>
public sealed class LinuxDiskTests
{
    private const int Blocks = 200;

    private static readonly Repository s_repository = Repository.Find();

    [Theory]
    [InlineData("virtio", 1)]
    [InlineData("ahci", 7)]
    [InlineData("ide", 26)]
    public void Every_block_that_Linux_reads_reaches_the_device(string path, int leastAccesses)
    {
        using LinuxDiskSubject subject = new(
            "disk", LinuxDisk.Prepare(s_repository), GuestPaths.Parse(path), Accelerator.Tcg, CounterPlugin.Build(s_repository));
        subject.Start();
        Measurement.MeasureIdle(subject);

        Sample sample = Measurement.Take(subject, new DiskJob("randread", Size: 4096, InFlight: 1), Blocks);

        Assert.Equal((Blocks, 0), (sample.Units, sample.Lost));
        Assert.InRange(sample.Accesses ?? 0, leastAccesses, 100);
        Assert.InRange(sample.Instructions ?? 0, 3_000, 200_000);
    }

    [Fact]
    public void The_process_without_a_machine_answers_for_every_block()
    {
        using ProcessDiskSubject subject = new("disk", LinuxService.Publish(s_repository, "disk"));
        subject.Start();

        Sample sample = Measurement.Take(subject, new DiskJob("randread", Size: 4096, InFlight: 32), Blocks);

        Assert.Equal((Blocks, 0), (sample.Units, sample.Lost));
    }

    [Fact]
    public void A_program_that_ends_at_once_says_what_it_said()
    {
        using ProcessDiskSubject subject = new("disk", "/bin/echo");

        Assert.Contains("disk=direct:", Assert.Throws<RigException>(subject.Start).Message, StringComparison.Ordinal);
    }
}
