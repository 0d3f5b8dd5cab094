using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using Guest.Rig.Qemu;

namespace Guest.Rig.Host;

/// <summary>Whether KVM runs a guest of ours on this host. That /dev/kvm can be opened does not say so: a sandbox may offer a KVM that
/// refuses what QEMU asks for, that executes nothing, whose processor lacks what the kernel is compiled for, or that emulates the
/// processor and knows no SSE.</summary>
/// <remarks>Tried once in a process, by a machine whose firmware is a few instructions long.</remarks>
internal static class KvmProbe
{
    private const string Device = "/dev/kvm";
    private const int Seconds = 5;

    // timeout(1) ends with these where it had to end the program.
    private const int TimedOut = 124;
    private const int Killed = 128 + 9;

    // The ROM is the last 64 KiB below 4 GiB; offsets count from its beginning, which is also where the processor's first code segment begins.
    private const int RomBytes = 64 * 1024;
    private const int RealModeOffset = 0xfe00;
    private const int ProtectedModeOffset = 0xfe80;
    private const int DescriptorsOffset = 0xff00;
    private const int ResetVector = 0xfff0;
    private const byte Good = 0x10;
    private const byte Lacking = 0x11;
    private const byte DebugExit = GuestEnd.Port;

    // CPUID.1:ECX of x86-64-v2: SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT.
    private const uint RequiredFeatures = 1 | (1u << 9) | (1u << 13) | (1u << 19) | (1u << 20) | (1u << 23);

    private static readonly Lazy<string?> s_refusal = new(Try);

    /// <summary>Why KVM cannot be used; null if it can.</summary>
    public static string? Refusal => s_refusal.Value;

    /// <summary>A ROM that says by its exit code whether the processor has what the kernel is compiled for, and executes it.</summary>
    /// <remarks>In protected mode, since a KVM may emulate real mode where the processor cannot run it, and lack instructions there alone.</remarks>
    internal static byte[] Firmware()
    {
        byte[] rom = new byte[RomBytes];
        byte[] realMode =
        [
            0x66, 0xb8, 0x01, 0x00, 0x00, 0x00,             // mov  $1, %eax
            0x0f, 0xa2,                                     // cpuid
            0x66, 0x81, 0xe1, 0x00, 0x00, 0x00, 0x00,       // and  $RequiredFeatures, %ecx
            0x66, 0x81, 0xf9, 0x00, 0x00, 0x00, 0x00,       // cmp  $RequiredFeatures, %ecx
            0xb0, Lacking,                                  // mov  $Lacking, %al
            0x75, 0x17,                                     // jne  1f
            0x2e, 0x66, 0x0f, 0x01, 0x16, 0x00, 0xff,       // lgdtl %cs:DescriptorsOffset
            0x0f, 0x20, 0xc0,                               // mov  %cr0, %eax
            0x0c, 0x01,                                     // or   $1, %al (PE)
            0x0f, 0x22, 0xc0,                               // mov  %eax, %cr0
            0x66, 0xea, 0x80, 0xfe, 0xff, 0xff, 0x08, 0x00, // ljmpl $8, $ProtectedModeOffset in the last 64 KiB
            0xe6, DebugExit,                                // 1: out %al, $DebugExit
            0xf4,                                           // 2: hlt
            0xeb, 0xfd,                                     // jmp  2b
        ];
        BinaryPrimitives.WriteUInt32LittleEndian(realMode.AsSpan(11), RequiredFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(realMode.AsSpan(18), RequiredFeatures);
        realMode.CopyTo(rom, RealModeOffset);

        byte[] protectedMode =
        [
            0x0f, 0x20, 0xc0,                               // mov  %cr0, %eax
            0x83, 0xe0, 0xf3,                               // and  $~(EM | TS), %eax
            0x83, 0xc8, 0x02,                               // or   $MP, %eax
            0x0f, 0x22, 0xc0,                               // mov  %eax, %cr0
            0x0f, 0x20, 0xe0,                               // mov  %cr4, %eax
            0x0d, 0x00, 0x02, 0x00, 0x00,                   // or   $OSFXSR, %eax
            0x0f, 0x22, 0xe0,                               // mov  %eax, %cr4
            0xba, 0x67, 0x45, 0x23, 0x01,                   // mov  $0x1234567, %edx
            0x66, 0x0f, 0x6e, 0xc2,                         // movd %edx, %xmm0
            0x66, 0x0f, 0x6c, 0xc0,                         // punpcklqdq %xmm0, %xmm0
            0x66, 0x0f, 0x7e, 0xc1,                         // movd %xmm0, %ecx
            0xb0, Good,                                     // mov  $Good, %al
            0x39, 0xd1,                                     // cmp  %edx, %ecx
            0x74, 0x02,                                     // je   1f
            0xb0, Lacking,                                  // mov  $Lacking, %al
            0xe6, DebugExit,                                // 1: out %al, $DebugExit
            0xf4,                                           // 2: hlt
            0xeb, 0xfd,                                     // jmp  2b
        ];
        protectedMode.CopyTo(rom, ProtectedModeOffset);

        // What lgdt reads (limit, address of the table), then the table behind it: nothing, and flat 32-bit code.
        byte[] descriptors =
        [
            0x0f, 0x00, 0x08, 0xff, 0xff, 0xff, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xcf, 0x00,
        ];
        descriptors.CopyTo(rom, DescriptorsOffset);

        const int JumpBytes = 3;
        rom[ResetVector] = 0xe9; // jmp RealModeOffset, by a 16-bit distance
        BinaryPrimitives.WriteInt16LittleEndian(rom.AsSpan(ResetVector + 1), RealModeOffset - (ResetVector + JumpBytes));
        return rom;
    }

    private static string? Try()
    {
        try
        {
            using FileStream device = File.Open(Device, FileMode.Open, FileAccess.ReadWrite);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return $"{Device} is missing, or may not be opened for reading and writing";
        }

        string firmware = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(firmware, Firmware());
            return Explain(Run(firmware, "kvm"));
        }
        finally
        {
            File.Delete(firmware);
        }
    }

    internal static ShellResult Run(string firmware, string accelerator) => Shell.Run(
        "timeout", "--kill-after=1", Seconds.ToString(CultureInfo.InvariantCulture), QemuMachine.Program,
        "-accel", accelerator, "-cpu", accelerator == "kvm" ? "host" : "max", "-machine", "pc", "-m", "16",
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-bios", firmware, "-device", $"isa-debug-exit,iobase=0x{GuestEnd.Port:x},iosize=4");

    internal static string? Explain(ShellResult result) => result.ExitCode switch
    {
        (Good << 1) | 1 => null,
        (Lacking << 1) | 1 => "its processor lacks x86-64-v2 (SSE4.2, POPCNT), which the kernel is compiled for",
        TimedOut or Killed => $"{Device} is there, but a guest of thirty instructions did not end within {Seconds} s",
        _ => $"{Device} is there, but QEMU says: {result.Errors.Split('\n').FirstOrDefault()?.Trim()}",
    };
}
