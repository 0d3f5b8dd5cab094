using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Qemu;
using Guest.Xen.Rig.Domains;

namespace Guest.Tool.Commands;

/// <summary><c>./guest xl APP</c>.</summary>
internal static class XlCommand
{
    public const string Name = "xl";

    /// <param name="kernelCommandLine">What followed <c>--</c>.</param>
    public static Command Create(IReadOnlyList<string> kernelCommandLine)
    {
        Argument<string> application = new("app") { Description = "The application: a folder of apps/." };
        Option<string> type = new("--type") { Description = "How Xen runs it.", DefaultValueFactory = _ => "pv" };
        type.AcceptOnlyFromAmong([.. Enum.GetNames<DomainType>().Select(each => each.ToLowerInvariant())]);
        Option<int> memory = RunCommand.AtLeast(RunCommand.LeastMemoryMiB, "--memory", "MiB", "The domain's memory.", 64);
        Option<string> bridge = new("--bridge")
        {
            Description = "The host's bridge for the network interface.",
            HelpName = "name",
            DefaultValueFactory = _ => "xenbr0",
        };
        Option<string?> disk = new("--disk") { Description = "A disk: a block device of dom0.", HelpName = "device" };
        Command command = new(Name, "Prints a domain configuration for a real Xen host. What follows -- is the kernel's command line.")
        {
            application, type, memory, bridge, disk,
        };
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            string name = parsed.GetRequiredValue(application);
            _ = repository.ProjectOf(name);
            Console.Write(new DomainConfiguration
            {
                Name = name.ToLowerInvariant(),
                Kernel = repository.ImageOf(name),
                CommandLine = KernelCommandLine.Compose(kernelCommandLine),
                Type = Enum.Parse<DomainType>(parsed.GetRequiredValue(type), ignoreCase: true),
                MemoryMiB = parsed.GetValue(memory),
                Interfaces = [new VirtualInterface { Bridge = parsed.GetRequiredValue(bridge) }],
                Disks = parsed.GetValue(disk) is { } target ? [new VirtualDisk(target, "xvda")] : [],
            });
            return 0;
        });
        return command;
    }
}
