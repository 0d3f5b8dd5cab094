using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Rig.Paths;

/// <summary>One way for an application's packets and blocks to reach the world: a machine, its NIC, its disk controller.</summary>
public sealed record GuestPath
{
    /// <summary>Properties of QEMU's virtio NICs that refuse every offload.</summary>
    public const string NoOffloads = "csum=off,gso=off,host_tso4=off,host_tso6=off,host_ecn=off,host_ufo=off,guest_csum=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off";

    /// <summary>What follows <c>--path</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>Which hypervisor carries it.</summary>
    public required Hypervisor Hypervisor { get; init; }

    /// <summary>QEMU's machine type, unless the caller asks for another.</summary>
    public string Machine { get; init; } = "q35";

    /// <summary>QEMU's arguments for the NIC, <c>{net}</c> standing for the back end's id; empty where Xen provides it.</summary>
    public IReadOnlyList<string> NetworkDevice { get; init; } = [];

    /// <summary>QEMU's arguments for the disk, <c>{disk}</c> standing for the drive's id.</summary>
    public IReadOnlyList<string> DiskDevice { get; init; } = ["-device", "virtio-blk-pci,drive={disk},disable-legacy=on"];

    /// <summary>How QEMU's names of the NIC's runs of registers and ports begin.</summary>
    public string RegionPrefix { get; init; } = "";

    /// <summary>Whether the NIC is paravirtual, by virtio's rings.</summary>
    public bool IsVirtio => RegionPrefix.StartsWith("virtio", StringComparison.Ordinal);

    /// <summary>How QEMU's names of the disk controller's runs of registers and ports may begin.</summary>
    public IReadOnlyList<string> DiskRegionPrefixes { get; init; } = ["virtio-pci"];

    /// <summary>What the kernel's command line must say for the kernel to choose this path.</summary>
    public string KernelOptions { get; init; } = "";

    /// <summary>Whether the device is refused its offloads.</summary>
    public bool IsPlain { get; private init; }

    /// <summary>The same path with a device that offers neither checksums nor segmentation, nor brings segments together: each packet is as on a wire. Only where
    /// <see cref="IsVirtio"/>: the emulated chips always have what they have.</summary>
    public GuestPath WithoutOffloads()
    {
        return this with { Name = Name + "-plain", Summary = Summary + ", without offloads", NetworkDevice = [.. NetworkDevice.Select(Plain)], IsPlain = true };

        static string Plain(string argument) =>
            argument.StartsWith("virtio-net-", StringComparison.Ordinal) ? $"{argument},{NoOffloads}" : argument;
    }

    /// <summary>The same path, with every notification in QEMU's trace: QEMU hands a virtio notification to another thread before its trace would see
    /// the access, unless it is told not to.</summary>
    public GuestPath WithVisibleNotifications()
    {
        return this with { NetworkDevice = [.. NetworkDevice.Select(Visible)], DiskDevice = [.. DiskDevice.Select(Visible)] };

        static string Visible(string argument) =>
            argument.StartsWith("virtio-net-pci", StringComparison.Ordinal) || argument.StartsWith("virtio-blk-pci", StringComparison.Ordinal)
                ? argument + ",ioeventfd=off"
                : argument;
    }
}
