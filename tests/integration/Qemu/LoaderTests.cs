using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Guest.Rig;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>What a loader or a processor lacks is told on the console, and what a memory map says in an unusual way is understood.</summary>
public sealed class LoaderTests
{
    private const int PanicExitCode = 101;
    private const int MemoryMiB = 256;
    private const ulong MiB = 1 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("plain")]
    [InlineData("forty small pieces first")]
    [InlineData("named twice")]
    [InlineData("out of order, not whole frames, and past the last address")]
    [InlineData("in two halves that something small divides")]
    public void The_whole_memory_is_found_and_none_of_it_twice(string how)
    {
        const ulong end = MemoryMiB * MiB;
        (ulong, ulong, uint)[] map = how switch
        {
            "plain" => [(0, 0x9f000, PvhLoader.Usable), (MiB, end - MiB, PvhLoader.Usable)],
            "forty small pieces first" =>
                [.. Enumerable.Range(0, 40).Select(i => (0x10000 + ((ulong)i * 0x2000), 0x1000UL, PvhLoader.Usable)), (MiB, end - MiB, PvhLoader.Usable)],
            "named twice" => [(MiB, 128 * MiB, PvhLoader.Usable), (64 * MiB, end - (64 * MiB), PvhLoader.Usable), (MiB, end - MiB, PvhLoader.Usable)],
            "out of order, not whole frames, and past the last address" =>
                [(128 * MiB, 128 * MiB, PvhLoader.Usable), (ulong.MaxValue - 0xffff, 0x20000, PvhLoader.Usable), (MiB + 1, (127 * MiB) - 1, PvhLoader.Usable)],
            _ => [(MiB, end - MiB, PvhLoader.Usable), ((200 * MiB) + 16, 32, 2)],
        };
        using PvhLoader loader = new(1, map);
        using QemuGuest guest = Boot(loader);

        // guest: x86, 261288 KiB free
        string line = guest.WaitForLine("guest: x86", s_patience);

        int free = int.Parse(Regex.Match(line, "(\\d+) KiB free").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(free, (MemoryMiB - 6) * 1024, MemoryMiB * 1024);
    }

    [Fact]
    public void A_start_info_from_before_there_were_maps_is_told() => AssertRefused(new PvhLoader(0, []), "version 0");

    [Fact]
    public void An_empty_map_is_told() => AssertRefused(new PvhLoader(1, []), "memory map is empty");

    [Fact]
    public void A_map_without_usable_memory_is_told() => AssertRefused(new PvhLoader(1, [(MiB, 64 * MiB, 2)]), "too little usable memory");

    [Fact]
    public void No_command_line_is_an_empty_one()
    {
        using PvhLoader loader = new(1, [(MiB, 255 * MiB, PvhLoader.Usable)], commandLine: null);
        using QemuGuest guest = Boot(loader);

        guest.WaitForLine("echo: ", s_patience);
    }

    [Fact]
    public void A_processor_without_NX_is_told()
    {
        using QemuGuest guest = QemuGuest.Boot(Appliance.Machine("echo") with { Network = null, Extra = ["-cpu", "qemu64,-nx"] });

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, PanicExitCode), guest.WaitForEnd(s_patience));
        Assert.Contains(guest.Console, line => line.Contains("NX", StringComparison.Ordinal));
    }

    private static void AssertRefused(PvhLoader loader, string reason)
    {
        using (loader)
        {
            using QemuGuest guest = Boot(loader);

            Assert.Equal(new GuestEnd(GuestEndKind.Exited, PanicExitCode), guest.WaitForEnd(s_patience));
            Assert.Contains(guest.Console, line => line.Contains(reason, StringComparison.Ordinal));
        }
    }

    private static QemuGuest Boot(PvhLoader loader) => QemuGuest.Boot(Appliance.Machine("echo") with
    {
        Kernel = loader.File,
        Network = null,
        MemoryMiB = MemoryMiB,
        Extra = ["-device", $"loader,file={Repository.Find().ImageOf("echo")}"],
    });
}
