using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Qemu;
using Guest.Xen.Rig.Domains;

namespace Guest.Tool.Commands;

/// <summary><c>./guest xl APP</c>.</summary>
internal static class XlCommand
{
    public const string Name = "xl";

    private const string Device = "xvda";

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
        Option<string?> disk = new("--disk") { Description = "A disk: a block device of dom0, or an image.", HelpName = "device" };
        Command command = new(Name, "Builds an application and prints a domain configuration for a real Xen host. What follows -- is the kernel's command line.")
        {
            application, type, memory, bridge, disk,
        };
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            string name = parsed.GetRequiredValue(application);
            string project = repository.ProjectOf(name);
            VirtualDisk? attached = parsed.GetValue(disk) is { } target ? DiskOf(target) : null;
            HostPackages.Require(HostRequirements.Of(RequirementScope.Build));
            string image = new ImageBuilder(repository).Build(name);
            Console.Write(new DomainConfiguration
            {
                Name = name.ToLowerInvariant(),
                Kernel = image,
                CommandLine = KernelCommandLine.Compose(kernelCommandLine),
                Type = Enum.Parse<DomainType>(parsed.GetRequiredValue(type), ignoreCase: true),
                MemoryMiB = parsed.GetValue(memory),
                Interfaces = [new VirtualInterface { Bridge = parsed.GetRequiredValue(bridge) }],
                Disks = attached is null ? [] : [attached],
            });
            if (attached is null)
            {
                Console.WriteLine($"# disk = [ \"{new VirtualDisk("/dev/GROUP/VOLUME", Device)}\" ]");
                if (UsesDisks(project))
                    Say.Note($"{name} works on a disk, and this domain has none: name one with --disk, or fill in the last line.");
            }
            return 0;
        });
        return command;
    }

    // What is here tells by its content what it is. What is not may well be in dom0, and is a block device there.
    internal static VirtualDisk DiskOf(string target)
    {
        if (!File.Exists(target))
            return new VirtualDisk(target, Device);
        DriveImage image = DriveImage.Open(target);
        string format = image.Format switch
        {
            "raw" or "qcow" or "qcow2" => image.Format,
            "vpc" => "vhd",
            _ => throw new RigException($"{image.Path} is {image.Format}, which xl cannot attach; convert it (qemu-img convert)."),
        };
        return new VirtualDisk(image.Path, Device, image.IsReadOnly, format);
    }

    private static bool UsesDisks(string project) => File.ReadAllText(project).Contains("kernel/Storage/", StringComparison.Ordinal);
}
