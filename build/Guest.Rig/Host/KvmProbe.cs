using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using Guest.Rig.Qemu;

namespace Guest.Rig.Host;

/// <summary>Whether KVM runs a guest of ours on this host. That /dev/kvm can be opened does not say so: a sandbox may offer a KVM that
/// refuses what QEMU asks for, that executes nothing, or whose processor lacks what the kernel is compiled for.</summary>
/// <remarks>Tried once in a process, by a machine whose firmware is a few instructions long.</remarks>
internal static class KvmProbe
{
    private const string Device = "/dev/kvm";
    private const int Seconds = 5;

    // timeout(1) ends with these where it had to end the program.
    private const int TimedOut = 124;
    private const int Killed = 128 + 9;

    private const int RomBytes = 64 * 1024;
    private const int ProgramOffset = 0xff00;
    private const int ResetVector = 0xfff0;
    private const byte Good = 0x10;
    private const byte Lacking = 0x11;

    // CPUID.1:ECX of x86-64-v2: SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT.
    private const uint RequiredFeatures = 1 | (1u << 9) | (1u << 13) | (1u << 19) | (1u << 20) | (1u << 23);

    private static readonly Lazy<string?> s_refusal = new(Try);

    /// <summary>Why KVM cannot be used; null if it can.</summary>
    public static string? Refusal => s_refusal.Value;

    /// <summary>A ROM that says by its exit code whether the processor has what the kernel is compiled for.</summary>
    internal static byte[] Firmware()
    {
        byte[] rom = new byte[RomBytes];
        byte[] program =
        [
            0x66, 0xb8, 0x01, 0x00, 0x00, 0x00,       // mov  $1, %eax
            0x0f, 0xa2,                               // cpuid
            0x66, 0x81, 0xe1, 0x00, 0x00, 0x00, 0x00, // and  $RequiredFeatures, %ecx
            0x66, 0x81, 0xf9, 0x00, 0x00, 0x00, 0x00, // cmp  $RequiredFeatures, %ecx
            0xb0, Good,                               // mov  $Good, %al
            0x74, 0x02,                               // je   1f
            0xb0, Lacking,                            // mov  $Lacking, %al
            0xe6, (byte)GuestEnd.Port,                // 1: out %al, $Port
            0xf4,                                     // 2: hlt
            0xeb, 0xfd,                               // jmp  2b
        ];
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(11), RequiredFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(18), RequiredFeatures);
        program.CopyTo(rom, ProgramOffset);

        const int JumpBytes = 3;
        rom[ResetVector] = 0xe9; // jmp ProgramOffset, by a 16-bit distance
        BinaryPrimitives.WriteInt16LittleEndian(rom.AsSpan(ResetVector + 1), ProgramOffset - (ResetVector + JumpBytes));
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
        TimedOut or Killed => $"{Device} is there, but a guest of five instructions did not end within {Seconds} s",
        _ => $"{Device} is there, but QEMU says: {result.Errors.Split('\n').FirstOrDefault()?.Trim()}",
    };
}
