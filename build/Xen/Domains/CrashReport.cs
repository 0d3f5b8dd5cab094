using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Guest.Xen.Rig.Domains;

/// <summary>What Xen prints on its own console when it ends a PV domain because an exception cannot be delivered to it: the frame belongs on
/// the guest's stack, and there is none. So ends a stack overflow.</summary>
/// <param name="Instruction">Where the guest was.</param>
/// <param name="StackPointer">Where its stack was.</param>
/// <param name="FaultAddress">What it could not reach.</param>
public sealed partial record CrashReport(ulong Instruction, ulong StackPointer, ulong FaultAddress)
{
    /// <summary>Finds the last one on Xen's console; null if there is none.</summary>
    public static CrashReport? Find(IReadOnlyList<string> console)
    {
        Match? last = Report().Matches(string.Join('\n', console)).LastOrDefault();
        return last is null ? null : new CrashReport(Number("rip"), Number("rsp"), Number("cr2"));

        ulong Number(string name) => ulong.Parse(last.Groups[name].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>For people; the last line is one of a back trace.</summary>
    public override string ToString() =>
        $"no stack was left to tell the guest of its fault at 0x{FaultAddress:x} (a stack overflow)\n"
            + $"  rsp 0x{StackPointer:x16}\n  at 0x{Instruction:x16}\n";

    // xen/arch/x86/x86_64/entry.S, create_bounce_frame; xen/arch/x86/x86_64/traps.c, show_registers.
    [GeneratedRegex(
        @"domain_crash_sync called from entry\.S.*?RIP: +[0-9a-f]{4}:\[<(?<rip>[0-9a-f]{16})>\].*?rsp: (?<rsp>[0-9a-f]{16}).*?cr2: (?<cr2>[0-9a-f]{16})",
        RegexOptions.Singleline)]
    private static partial Regex Report();
}
