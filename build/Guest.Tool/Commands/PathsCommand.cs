using System;
using System.CommandLine;
using Guest.Rig.Host;
using Guest.Rig.Paths;
using Spectre.Console;

namespace Guest.Tool.Commands;

/// <summary><c>./guest paths</c>.</summary>
internal static class PathsCommand
{
    public static Command Create()
    {
        Command command = new("paths", "Lists the paths that packets and blocks can take: what each is, what it needs, whether it can run here.");
        command.SetAction(_ =>
        {
            Table table = new() { Border = TableBorder.Simple };
            table.AddColumns("path", "what it is", "machine", "here");
            foreach (GuestPath path in GuestPaths.All)
            {
                string here =
                    HostRequirements.MissingFor(path.Hypervisor) is { } missing ? $"[yellow]no: {missing} missing[/]" : "[green]yes[/]";
                table.AddRow(
                    path.Name,
                    path.Summary,
                    path.Hypervisor == Hypervisor.Xen ? "Xen" : path.Machine,
                    here);
            }
            AnsiConsole.Write(table);
            AnsiConsole.MarkupLineInterpolated(Accelerators.KvmRefusal is { } why
                ? (FormattableString)$"KVM is not usable here ({why}), so QEMU translates every instruction: they can be counted, and times mean nothing."
                : $"KVM is usable here.");
            return 0;
        });
        return command;
    }
}
