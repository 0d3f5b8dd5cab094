using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using Guest.Rig.Host;
using Spectre.Console;

namespace Guest.Tool.Commands;

/// <summary><c>./guest doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> install = new("--install") { Description = "Install what is missing with apt-get (as root)." };
        Command command = new("doctor", "Lists the programs that building, running, testing and measuring need, and whether they are here.")
        {
            install,
        };
        command.SetAction(parsed => Run(parsed.GetValue(install)));
        return command;
    }

    private static int Run(bool install)
    {
        Show();
        IReadOnlyList<string> packages = Missing();
        if (packages.Count == 0)
            return 0;

        string aptGet = $"apt-get install -y --no-install-recommends {string.Join(' ', packages)}";
        if (!install || !Environment.IsPrivilegedProcess)
        {
            Say.Error($"Missing. As root, run: {aptGet}{(Environment.IsPrivilegedProcess ? " (or ./guest doctor --install)" : "")}");
            return 1;
        }
        Say.Note(aptGet);
        // An index may be there and still name the packages; if not, fetch it and try once more.
        if (!AptGet(["install", "-y", "--no-install-recommends", .. packages])
            && !(AptGet(["update"]) && AptGet(["install", "-y", "--no-install-recommends", .. packages])))
        {
            Say.Error("apt-get failed; its messages are above.");
            return 1;
        }
        IReadOnlyList<string> still = Missing();
        if (still.Count > 0)
            Say.Error($"Installed, and yet not found: {string.Join(' ', still)}");
        return still.Count == 0 ? 0 : 1;
    }

    private static IReadOnlyList<string> Missing() =>
        [.. HostRequirements.All.Where(requirement => !requirement.IsMet).Select(requirement => requirement.Package).Distinct()];

    private static void Show()
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("package", "what for", "here");
        foreach (HostRequirement requirement in HostRequirements.All)
            table.AddRow(requirement.Package, requirement.Purpose, requirement.IsMet ? "[green]yes[/]" : "[yellow]no[/]");
        table.AddRow(
            "KVM (/dev/kvm)",
            "optional: the processor runs the guest",
            Accelerators.KvmRefusal is { } why ? Markup.Escape($"no: {why}") : "[green]yes[/]");
        AnsiConsole.Write(table);
    }

    private static bool AptGet(IEnumerable<string> arguments)
    {
        // Wait for another apt rather than fail beside it, and never ask.
        ProcessStartInfo start = new("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", .. arguments]);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
