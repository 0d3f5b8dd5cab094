using System;
using System.Collections.Generic;
using System.IO;
using Guest.Rig.Qemu;
using Guest.Xen.Rig.Machine;

namespace Guest.Xen.Rig;

/// <summary>A PV kernel that Xen boots in dom0's place: no back ends, no snapshot, the quickest test of PV boot. Xen's console is
/// its console.</summary>
public sealed class Dom0Guest : IDisposable
{
    // Xen's own, and room for the image, which is there twice while Xen builds the domain.
    private const int XenMemoryMiB = 128;

    // What Xen says when its first domain ends (xen/common/shutdown.c), and when it cannot go on itself
    // (xen/drivers/char/console.c).
    private const string HardwareDomain = "(XEN) Hardware Dom0 ";
    private const string Panic = "(XEN) Panic on CPU ";

    private readonly XenQemu _qemu;

    private Dom0Guest(XenQemu qemu) => _qemu = qemu;

    /// <summary>What Xen and the guest say.</summary>
    public ConsoleLog Console => _qemu.Console;

    /// <summary>Boots one.</summary>
    /// <param name="image">The kernel's ELF.</param>
    /// <param name="commandLine">Its command line.</param>
    /// <param name="memoryMiB">Its memory.</param>
    /// <param name="arguments">More arguments for QEMU.</param>
    public static Dom0Guest Boot(string image, string commandLine = "", int memoryMiB = 64, params IEnumerable<string> arguments)
    {
        Snapshot snapshot = Snapshot.GetFiles();
        long total = memoryMiB + XenMemoryMiB + 2 * (new FileInfo(image).Length >> 20);
        return new Dom0Guest(XenQemu.Start([], _ =>
        [
            .. Dom0Machine.Processor, "-m", $"{total}", "-machine", "pc",
            "-nodefaults", "-vga", "none", "-display", "none",
            "-kernel", snapshot.Xen, "-append", $"{Dom0Machine.XenOptions} dom0_mem={memoryMiB}M,max:{memoryMiB}M",
            "-initrd", QemuOption.Escape($"{image} {commandLine}").TrimEnd(),
            .. arguments,
        ]));
    }

    /// <summary>Types on the console.</summary>
    public void Type(ReadOnlySpan<byte> bytes) => _qemu.Type(bytes);

    /// <summary>Waits until the guest has ended, and says how. QEMU stays: Xen tells on the console and then halts.</summary>
    public GuestEndKind WaitForEnd(TimeSpan patience)
    {
        // The line just begun counts too, so each verdict is looked for to its last word.
        string line = Console.WaitFor("the guest's end", line => VerdictOf(line) is not null, patience);
        return VerdictOf(line)!.Value;
    }

    private static GuestEndKind? VerdictOf(string line)
    {
        if (line.Contains(Panic, StringComparison.Ordinal))
            return GuestEndKind.Failed;
        int at = line.IndexOf(HardwareDomain, StringComparison.Ordinal);
        if (at < 0)
            return null;
        string verdict = line[(at + HardwareDomain.Length)..];
        return verdict.StartsWith("halted", StringComparison.Ordinal) ? GuestEndKind.PoweredOff
            : verdict.StartsWith("shutdown", StringComparison.Ordinal) ? GuestEndKind.Reset
            : verdict.Contains(':', StringComparison.Ordinal) ? GuestEndKind.Failed
            : null;
    }

    /// <summary>The last lines of the console and of QEMU's messages: for messages about failures.</summary>
    public string Report() => $"{Console.Tail()}\n{_qemu.Errors.Tail()}";

    /// <inheritdoc/>
    public void Dispose() => _qemu.Dispose();
}
