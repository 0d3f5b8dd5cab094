using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Rig;

namespace Guest.Xen.Rig.Domains;

/// <summary>A domain as xl is told of it (xl.cfg(5)): what <c>./guest xl</c> prints, and what the rig creates.</summary>
public sealed record DomainConfiguration
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel: a bootable image.</summary>
    public required string Kernel { get; init; }

    /// <summary>A first file system, for a Linux; null for none.</summary>
    public string? Ramdisk { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>How Xen runs it.</summary>
    public DomainType Type { get; init; } = DomainType.Pv;

    /// <summary>The memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 64;

    /// <summary>The memory in MiB that it may later be given; null for no more than <see cref="MemoryMiB"/>.</summary>
    public int? MaximumMemoryMiB { get; init; }

    /// <summary>The network interfaces.</summary>
    public IReadOnlyList<VirtualInterface> Interfaces { get; init; } = [];

    /// <summary>The disks.</summary>
    public IReadOnlyList<VirtualDisk> Disks { get; init; } = [];

    /// <summary>What becomes of it when it powers off.</summary>
    public OnEnd OnPowerOff { get; init; } = OnEnd.Destroy;

    /// <summary>What becomes of it when it reboots.</summary>
    public OnEnd OnReboot { get; init; } = OnEnd.Restart;

    /// <summary>What becomes of it when it crashes.</summary>
    public OnEnd OnCrash { get; init; } = OnEnd.Destroy;

    /// <summary>Whether the guest reads the processor's own time-stamp counter, never one that Xen emulates. For a PVH domain
    /// under QEMU without KVM this must be so: QEMU reports the exit of an RDTSCP wrongly.</summary>
    public bool NativeTsc { get; init; }

    /// <summary>The text of the configuration file.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        Line("name", Quote(Name));
        Line("type", Quote(Lower(Type)));
        Line("kernel", Quote(Kernel));
        if (Ramdisk is not null)
            Line("ramdisk", Quote(Ramdisk));
        // xl 4.17 crashes when it reads an empty one.
        if (CommandLine.Length > 0)
            Line("cmdline", Quote(CommandLine));
        Line("memory", $"{MemoryMiB}");
        if (MaximumMemoryMiB is { } most)
            Line("maxmem", $"{most}");
        Line("vcpus", "1");
        if (NativeTsc)
            Line("tsc_mode", Quote("native"));
        if (Interfaces.Count > 0)
            Line("vif", List(Interfaces));
        if (Disks.Count > 0)
            Line("disk", List(Disks));
        Line("on_poweroff", Quote(Lower(OnPowerOff)));
        Line("on_reboot", Quote(Lower(OnReboot)));
        Line("on_crash", Quote(Lower(OnCrash)));
        return text.ToString();

        void Line(string key, string value) => text.Append(key).Append(" = ").Append(value).Append('\n');
    }

    private static string List<T>(IEnumerable<T> items) => $"[ {string.Join(", ", items.Select(item => Quote($"{item}")))} ]";

    private static string Lower<T>(T name)
        where T : Enum => name.ToString().ToLowerInvariant();

    // xl knows no escape inside '...', and in "..." it follows rules of its own: what needs one is refused.
    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny("\"\\\n") < 0
            ? $"\"{text}\""
            : throw new RigException($"xl's configuration cannot hold a quotation mark, a backslash or a line's end: {text}");
}
