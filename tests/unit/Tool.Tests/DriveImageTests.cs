using System;
using System.IO;
using System.Text;
using Guest.Rig;
using Guest.Rig.Qemu;
using Guest.Tool.Commands;

namespace Guest.Tool.Tests;

/// <summary>What an image is, its content tells; its name may say anything.</summary>
public sealed class DriveImageTests : IDisposable
{
    private const int Size = 64 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("guest-image-").FullName;

    [Theory]
    [InlineData("QFI\u00fb\0\0\0\x3", "qcow2", false)]
    [InlineData("QFI\u00fb\0\0\0\x2", "qcow2", false)]
    [InlineData("QFI\u00fb\0\0\0\x1", "qcow", false)]
    [InlineData("KDMV\x1\0\0\0", "vmdk", false)]
    [InlineData("COWD", "vmdk", false)]
    [InlineData("# Disk DescriptorFile\nversion=1\n", "vmdk", false)]
    [InlineData("vhdxfile", "vhdx", false)]
    [InlineData("conectix", "vpc", false)]
    [InlineData("QED\0", "qed", false)]
    [InlineData("WithoutFreeSpace", "parallels", false)]
    [InlineData("WithouFreSpacExt", "parallels", false)]
    [InlineData("Bochs Virtual HD Image", "bochs", true)]
    [InlineData("QFI", "raw", false)]
    [InlineData("EFI PART", "raw", false)]
    [InlineData("", "raw", false)]
    public void A_format_is_known_by_its_first_bytes(string start, string format, bool readOnly)
    {
        string file = Write("disk.img", start, at: 0);

        Assert.Equal(new DriveImage(file, format, readOnly), DriveImage.Open(file));
    }

    [Theory]
    [InlineData(64, "\u007f\u0010\u00da\u00be", "vdi", false)]
    [InlineData(Size - 512, "conectix", "vpc", false)]
    [InlineData(Size - 512, "koly", "dmg", true)]
    [InlineData(Size - 100, "koly", "raw", false)]
    public void Some_formats_have_their_magic_elsewhere(int at, string magic, string format, bool readOnly) =>
        Assert.Equal((format, readOnly), DriveImage.Open(Write("disk.raw", magic, at)) is var image ? (image.Format, image.IsReadOnly) : default);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(511)]
    public void A_small_file_is_raw(int bytes)
    {
        string file = Path.Combine(_folder, "small");
        File.WriteAllBytes(file, new byte[bytes]);

        Assert.Equal("raw", DriveImage.Open(file).Format);
    }

    [Fact]
    public void An_encrypted_image_is_refused() =>
        Assert.Contains("encrypted", Assert.Throws<RigException>(() => DriveImage.Open(Write("disk", "LUKS\u00ba\u00be", at: 0))).Message);

    [Fact]
    public void A_folder_is_no_image() => Assert.Contains(_folder, Assert.Throws<RigException>(() => DriveImage.Open(_folder)).Message);

    [Theory]
    [InlineData("QFI\u00fb\0\0\0\x3", "format=qcow2,vdev=xvda,access=rw,target=")]
    [InlineData("conectix", "format=vhd,vdev=xvda,access=rw,target=")]
    [InlineData("", "format=raw,vdev=xvda,access=rw,target=")]
    public void Xl_is_told_what_an_image_is(string start, string expected)
    {
        string file = Write("disk", start, at: 0);

        Assert.Equal(expected + file, XlCommand.DiskOf(file).ToString());
    }

    [Fact]
    public void What_xl_cannot_attach_is_refused() =>
        Assert.Contains("vmdk", Assert.Throws<RigException>(() => XlCommand.DiskOf(Write("disk", "KDMV", at: 0))).Message);

    [Fact]
    public void What_is_not_on_this_host_is_a_device_of_dom0() =>
        Assert.Equal("format=raw,vdev=xvda,access=rw,target=/dev/nowhere/disk", XlCommand.DiskOf("/dev/nowhere/disk").ToString());

    [Fact]
    public void A_drive_is_attached_as_what_it_is_and_a_comma_of_its_name_ends_nothing()
    {
        QemuMachine machine = new()
        {
            Kernel = "disk.elf", Path = Guest.Rig.Paths.GuestPaths.Parse("virtio"), Disk = "a,b.img", DiskFormat = "qcow2", DiskOptions = ",readonly=on",
        };

        Assert.Contains("if=none,id=disk0,format=qcow2,file=a,,b.img,readonly=on", machine.ToArguments());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string magic, int at)
    {
        byte[] bytes = new byte[Size];
        Encoding.Latin1.GetBytes(magic).CopyTo(bytes, at);
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
