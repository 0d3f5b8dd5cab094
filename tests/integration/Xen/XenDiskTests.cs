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

    private List<JsonElement> Run(string jobs, DomainType type = DomainType.Pv, int exitCode = 0)
    {
        using Domain domain = Boot(jobs, type);
        string end = domain.Console.WaitFor(End, s_patience);
        Assert.True(end.EndsWith($"{End}{exitCode}", StringComparison.Ordinal), domain.Report());
        return [.. Lines(domain.Console.Lines)];
    }

    private Domain Boot(string jobs, DomainType type = DomainType.Pv) => _host.Create(new DomainConfiguration
    {
        Name = "disk",
        Kernel = Repository.Find().ImageOf("disk"),
        CommandLine = $"-- {jobs}",
        Type = type,
        NativeTsc = type == DomainType.Pvh,
        Disks = [new VirtualDisk(_host.AttachDisk(_image.Path), "xvda")],
        OnCrash = OnEnd.Preserve,
    });
}
