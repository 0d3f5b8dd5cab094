using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Paths;

namespace Guest.Xen.Rig.Building;

/// <summary>The files of this machine that dom0 is made of, and the Debian packages they come from.</summary>
public sealed class HostFiles
{
    /// <summary>Where Debian keeps the programs of this Xen version.</summary>
    public const string XenPrograms = "/usr/lib/xen-4.17/bin";

    private const string XenImage = "/boot/xen-4.17-amd64.gz";

    /// <summary>The library with what a thread needs to end; loaded by name then, so that ldd does not show it.</summary>
    public const string ThreadEndLibrary = "/lib/x86_64-linux-gnu/libgcc_s.so.1";

    private HostFiles(LinuxKernel kernel) => Kernel = kernel;

    /// <summary>The compressed hypervisor.</summary>
    public static string Xen => XenImage;

    /// <summary>Linux, for dom0.</summary>
    public LinuxKernel Kernel { get; }

    /// <summary>Finds everything, or says what must be installed.</summary>
    public static HostFiles Find()
    {
        if (HostRequirements.MissingFor(Hypervisor.Xen) is { } missing)
            throw new RigException($"The Xen rig needs Debian's package {missing}; ./guest doctor --install gets it.");
        return new HostFiles(
            LinuxKernel.Find() ?? throw new RigException("There is no Linux in /boot with its modules in /lib/modules."));
    }

    /// <summary>The files by whose change the rig notices that a package was upgraded.</summary>
    public IEnumerable<string> Inputs =>
    [
        XenImage, $"{XenPrograms}/xl", $"{XenPrograms}/xenstored", "/usr/bin/xenstore-write", "/bin/busybox", ThreadEndLibrary,
        Kernel.CompressedImage, "/usr/bin/qemu-system-x86_64",
    ];

    /// <summary>The shared libraries that a program is loaded with, the loader included.</summary>
    public static IEnumerable<string> Libraries(string program) =>
        Shell.Require("ldd", program)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').FirstOrDefault(word => word.StartsWith('/')))
            .OfType<string>();
}
