using System;
using System.CommandLine;
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
        HostPackages.Require(HostRequirements.All, install && Environment.IsPrivilegedProcess);
        return 0;
    }

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
}
