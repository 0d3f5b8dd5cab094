using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig.Host;
using Guest.Rig.Paths;

namespace Guest.Rig.Qemu;

/// <summary>A machine to boot: everything that decides QEMU's command line.</summary>
public sealed record QemuMachine
{
    /// <summary>The program.</summary>
    public const string Program = "qemu-system-x86_64";

    /// <summary>The name under which the network's back end is known to QEMU's monitor.</summary>
    public const string NetworkId = "net0";

    private const string DiskId = "disk0";

    /// <summary>The kernel's ELF, or a Linux kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>A Linux guest's initial file system.</summary>
    public string? InitialRamdisk { get; init; }

    /// <summary>The kernel's command line, without what <see cref="Path"/> adds.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>Which devices the machine has.</summary>
    public required GuestPath Path { get; init; }

    /// <summary>What executes it.</summary>
    public Accelerator Accelerator { get; init; } = Accelerator.Tcg;

    /// <summary>QEMU's machine type; null for the path's own.</summary>
    public string? Type { get; init; }

    /// <summary>Memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 64;

    /// <summary>The number of processors. Two by default: before 8.1 QEMU's TCG leaves out memory barriers when it emulates one,
    /// and every guest's virtio-net then stalls under load.</summary>
    public int Processors { get; init; } = 2;

    /// <summary>What the NIC is connected to; null leaves the NIC out.</summary>
    public QemuNetwork? Network { get; init; }

    /// <summary>A disk image; null leaves the disk out.</summary>
    public string? Disk { get; init; }

    /// <summary>QEMU's name for the format of <see cref="Disk"/>.</summary>
    public string DiskFormat { get; init; } = "raw";

    /// <summary>Further options of the drive: <c>,readonly=on</c>.</summary>
    public string DiskOptions { get; init; } = "";

    /// <summary>A file to which every frame is written, in pcap format.</summary>
    public string? Capture { get; init; }

    /// <summary>The port of the host's loopback on which QEMU listens for gdb if that is free (<see cref="QemuProcess.GdbPort"/>); gdb then starts
    /// the machine. Null leaves gdb out.</summary>
    public int? GdbPort { get; init; }

    /// <summary>Whether the machine has QEMU's own device by which a guest gives its exit code; without it a guest ends as on any other board.</summary>
    public bool DebugExit { get; init; } = true;

    /// <summary>Further arguments, as they are.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>QEMU's arguments, but for the console and the monitor. The machine is left stopped (<c>-S</c>): whoever starts it
    /// continues it by the monitor, so a QEMU that could not start and a guest that ended at once look different.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none", "-vga", "none", "-no-reboot", "-S",
            "-machine", Machine(),
            "-accel", Accelerator == Accelerator.Kvm ? "kvm" : "tcg",
            "-cpu", Accelerator == Accelerator.Kvm ? "host" : "max",
            "-m", Invariant(MemoryMiB),
            "-smp", Invariant(Processors),
            .. DebugExit ? (string[])["-device", $"isa-debug-exit,iobase=0x{GuestEnd.Port:x},iosize=4"] : [],
            "-kernel", Kernel,
        ];
        if (InitialRamdisk is not null)
            arguments.AddRange(["-initrd", InitialRamdisk]);

        string commandLine = string.Join(' ', new[] { Path.KernelOptions, CommandLine }.Where(part => part.Length > 0));
        if (commandLine.Length > 0)
            arguments.AddRange(["-append", commandLine]);

        if (Network is not null)
        {
            arguments.AddRange(["-netdev", Network.ToNetdev(NetworkId)]);
            arguments.AddRange(Path.NetworkDevice.Select(text => text.Replace("{net}", NetworkId, System.StringComparison.Ordinal)));
            if (Capture is not null)
                arguments.AddRange(["-object", $"filter-dump,id=capture0,netdev={NetworkId},file={QemuOption.Escape(Capture)}"]);
        }
        if (Disk is not null)
        {
            arguments.AddRange(["-drive", $"if=none,id={DiskId},format={DiskFormat},file={QemuOption.Escape(Disk)}{DiskOptions}"]);
            arguments.AddRange(Path.DiskDevice.Select(text => text.Replace("{disk}", DiskId, System.StringComparison.Ordinal)));
        }
        arguments.AddRange(Extra);
        return arguments;
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    // A microvm passes its virtio-mmio devices on the kernel's command line, and needs a clock that is not the HPET.
    private string Machine() => (Type ?? Path.Machine) switch
    {
        "microvm" => "microvm,rtc=on,acpi=off",
        var type => type,
    };
}
