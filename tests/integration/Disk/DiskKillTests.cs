using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using DiskJobs;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Disk;

/// <summary>What a flush has covered outlives a QEMU that is killed.</summary>
public sealed class DiskKillTests : IDisposable
{
    private const int DiskBytes = 4 << 20;
    private const int Written = 1 << 20;
    private const int Seed = 11;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _image = Path.Combine(Path.GetTempPath(), $"guest-disk-{Guid.NewGuid():n}.qcow2");

    public void Dispose() => File.Delete(_image);

    [Theory]
    [InlineData("virtio")]
    [InlineData("ide")]
    [InlineData("ide-pio")]
    [InlineData("ahci")]
    public void After_a_flush_has_returned_killing_QEMU_loses_nothing(string path)
    {
        Assert.Equal(Written, SurvivingBytes(path, "write length=1M seed=11 depth=8 flush", "{\"job\":\"flush\""));
    }

    [Fact]
    public void Without_a_flush_it_does_so_the_other_test_means_something()
    {
        Assert.True(SurvivingBytes("virtio", "write length=1M seed=11 depth=8", "{\"job\":\"write\"") < Written);
    }

    /// <summary>Runs jobs, kills QEMU as soon as the line of one shows, and counts what was written and is in the file.</summary>
    private int SurvivingBytes(string path, string jobs, string line)
    {
        Qcow2Image.Create(_image, DiskBytes);
        DiskGuest guest = new(path, _image) { DriveOptions = ",format=qcow2,cache=writeback" };
        // The guest goes on reading: if it ended, so would QEMU, and close the image.
        using (QemuGuest running = guest.Boot(jobs + " randread count=1000000000"))
        {
            running.WaitForLine(line, s_patience);
            using Process qemu = Process.GetProcessById(running.ProcessId);
            qemu.Kill();
            Assert.True(qemu.WaitForExit(s_patience));
        }

        byte[] expected = new byte[Written];
        Pattern.Fill(expected, 0, Seed);
        return Qcow2Image.Read(_image).Zip(expected).Count(pair => pair.First == pair.Second);
    }
}
