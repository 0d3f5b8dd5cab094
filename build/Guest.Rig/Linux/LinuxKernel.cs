using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Rig.Linux;

/// <summary>The installed Linux kernel with its modules: what the reference guests run, and dom0, and what a stock domain may run.</summary>
public sealed class LinuxKernel
{
    private const string BootFolder = "/boot";
    private const string Prefix = "vmlinuz-";

    private LinuxKernel(string version) => Version = version;

    /// <summary>The version, as <c>uname -r</c> would print it.</summary>
    public string Version { get; }

    /// <summary>The compressed image.</summary>
    public string CompressedImage => Path.Combine(BootFolder, Prefix + Version);

    /// <summary>Finds the newest that has its modules; null where none is installed.</summary>
    public static LinuxKernel? Find() =>
        !Directory.Exists(BootFolder)
            ? null
            : Directory.EnumerateFiles(BootFolder, Prefix + "*-amd64")
                .Select(path => Path.GetFileName(path)[Prefix.Length..])
                .Where(version => Directory.Exists("/lib/modules/" + version))
                .OrderByDescending(version => File.GetLastWriteTimeUtc(Path.Combine(BootFolder, Prefix + version))).ThenByDescending(version => version, StringComparer.Ordinal)
                .Select(version => new LinuxKernel(version))
                .FirstOrDefault();

    /// <summary>The files of the named modules and of what they need, in the order in which they can be loaded.</summary>
    public IReadOnlyList<string> ModuleFiles(IEnumerable<string> names)
    {
        List<string> files = [];
        foreach (string name in names)
        {
            foreach (string line in Shell.Require("modprobe", "-S", Version, "--show-depends", name)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                const string Insert = "insmod ";
                if (line.StartsWith(Insert, StringComparison.Ordinal) && line[Insert.Length..].Split(' ')[0] is var file
                    && !files.Contains(file))
                    files.Add(file);
            }
        }
        return files;
    }

    /// <summary>Writes the kernel's ELF, taken out of the compressed image: an emulated machine needs seconds for that.</summary>
    public void Unpack(string target)
    {
        byte[] image = File.ReadAllBytes(CompressedImage);
        string packed = target + ".packed";
        File.WriteAllBytes(packed, Payload(image));
        // xz ends with 2 for a warning and 1 for an error; what follows the stream (its length, Linux's own) is ignored.
        Shell.Require("sh", "-c", $"xz --decompress --single-stream --stdout '{packed}' > '{target}'");
        File.Delete(packed);
    }

    // Linux, Documentation/arch/x86/boot.rst: setup_sects at 0x1f1 (0 means 4), payload_offset at 0x248 counted from the end of
    // the setup sectors, payload_length at 0x24c.
    private ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> image)
    {
        const int SectorSize = 512;
        int setupSectors = image[0x1f1] == 0 ? 4 : image[0x1f1];
        int offset = (setupSectors + 1) * SectorSize + BinaryPrimitives.ReadInt32LittleEndian(image[0x248..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(image[0x24c..]);
        ReadOnlySpan<byte> payload = image.Slice(offset, length);
        return payload.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
            ? payload
            : throw new RigException($"{CompressedImage} is not packed with xz, as Debian 12's kernels are.");
    }
}
