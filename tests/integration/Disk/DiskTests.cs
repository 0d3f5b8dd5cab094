using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Disk;

/// <summary>apps/Disk on each kind of disk: what it reads and writes is compared byte for byte with the image file.</summary>
public sealed class DiskTests : IDisposable
{
    private const int DiskBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _image = Path.Combine(Path.GetTempPath(), $"guest-disk-{Guid.NewGuid():n}.img");

    public DiskTests()
    {
        byte[] content = new byte[DiskBytes];
        new Random(20_261_123).NextBytes(content);
        File.WriteAllBytes(_image, content);
    }

    public void Dispose() => File.Delete(_image);

    [Theory]
    [InlineData("ide", "pc")]
    [InlineData("ide-pio", "pc")]
    [InlineData("ahci", "q35")]
    [InlineData("virtio", "q35")]
    public void What_the_guest_reads_is_what_the_file_holds(string disk, string machine)
    {
        JsonElement result = Run(disk, machine, "hash length=4M");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_image))), result.GetProperty("sha256").GetString());
        Assert.Equal(DiskBytes, result.GetProperty("bytes").GetInt64());
    }

    [Theory]
    [InlineData("ide", "pc")]
    [InlineData("ide-pio", "pc")]
    [InlineData("ahci", "q35")]
    [InlineData("virtio", "q35")]
    public void What_the_guest_writes_is_there_for_the_next_one(string disk, string machine)
    {
        byte[] before = SHA256.HashData(File.ReadAllBytes(_image));

        Run(disk, machine, "write length=1M seed=7");
        JsonElement verified = Run(disk, machine, "verify length=1M seed=7");

        Assert.Equal(0, verified.GetProperty("errors").GetInt64());
        Assert.NotEqual(before, SHA256.HashData(File.ReadAllBytes(_image)));
    }

    /// <summary>Boots the appliance for one job and returns its line.</summary>
    private JsonElement Run(string disk, string machine, string job)
    {
        string[] drive = disk == "virtio"
            ? ["-drive", $"file={_image},format=raw,if=none,id=disk0", "-device", "virtio-blk-pci,drive=disk0"]
            : ["-drive", $"file={_image},format=raw,if=ide"];
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("disk") with
        {
            Type = machine,
            Network = null,
            CommandLine = $"disk={disk} -- {job}",
            Extra = drive,
        });

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 0), guest.WaitForEnd(s_patience));
        string line = guest.Console.Single(line => line.StartsWith("{\"job\":", StringComparison.Ordinal));
        return JsonDocument.Parse(line).RootElement;
    }
}
