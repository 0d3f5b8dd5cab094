using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Tool.Commands;

/// <summary><c>./guest run APP</c>.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    // The port that gdb's own documentation, and QEMU's -s, use.
    private const int GdbPort = 1234;

    // Where apps/Web serves, and where a browser of the host finds it.
    private const string WebApplication = "web";
    private const int WebPort = 80;
    private const int WebHostPort = 8080;

    /// <summary>Below it the image itself does not fit: it is loaded at 1 MiB.</summary>
    internal const int LeastMemoryMiB = 2;

    /// <param name="kernelCommandLine">What followed <c>--</c>.</param>
    public static Command Create(IReadOnlyList<string> kernelCommandLine)
    {
        Argument<string> application = new("app") { Description = "The application: a folder of apps/." };
        Option<string> path = new("--path")
        {
            Description = "Which devices, on which hypervisor; './guest paths' tells what each is.",
            HelpName = "name",
            DefaultValueFactory = _ => GuestPaths.All[0].Name,
        };
        path.AcceptOnlyFromAmong([.. GuestPaths.All.Select(each => each.Name)]);
        Option<string> accelerator = new("--accel")
        {
            Description = "What executes the guest; auto takes KVM where /dev/kvm is usable.",
            DefaultValueFactory = _ => "auto",
        };
        accelerator.AcceptOnlyFromAmong("auto", "kvm", "tcg");
        Option<int> memory = AtLeast(LeastMemoryMiB, "--memory", "MiB", "The guest's memory.", 64);
        Option<int> processors = AtLeast(1, "--cpus", "n", "The guest's processors; two spare QEMU's emulation a stall (docs/decisions).", 2);
        Option<string?> machine = new("--machine") { Description = "QEMU's machine type, instead of the path's own: q35, pc, microvm.", HelpName = "type" };
        Option<string> network = new("--net")
        {
            Description = "What the NIC is connected to: QEMU's user network, an existing tap device, or no NIC.",
            HelpName = "user|tap=NAME|none",
            DefaultValueFactory = _ => "user",
        };
        Option<string?> capture = new("--pcap") { Description = "Write every frame to a file.", HelpName = "file" };
        Option<string?> disk = new("--disk") { Description = "A disk image to attach: raw, qcow2, vmdk, vhdx, ...; which, its content tells.", HelpName = "file" };
        Option<bool> gdb = new("--gdb") { Description = $"Wait for gdb, on port {GdbPort} if it is free, before the first instruction." };
        Command command = new(Name, "Builds an application and boots it. What follows -- is for the kernel (key=value) and, from the first other word on, for the application.")
        {
            application, path, accelerator, memory, processors, machine, network, capture, disk, gdb,
        };
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            string name = parsed.GetRequiredValue(application);
            _ = repository.ProjectOf(name);
            GuestPath chosen = GuestPaths.Parse(parsed.GetRequiredValue(path));
            DriveImage? image = parsed.GetValue(disk) is { } file ? Attachable(file, chosen) : null;
            QemuMachine request = new()
            {
                Kernel = repository.ImageOf(name),
                Path = chosen,
                CommandLine = KernelCommandLine.Compose(kernelCommandLine),
                Accelerator = Accelerators.Parse(parsed.GetRequiredValue(accelerator)),
                MemoryMiB = parsed.GetValue(memory),
                Processors = parsed.GetValue(processors),
                Type = parsed.GetValue(machine),
                Network = ParseNetwork(parsed.GetRequiredValue(network), name),
                Capture = parsed.GetValue(capture),
                Disk = image?.Path,
                DiskFormat = image?.Format ?? "raw",
                DiskOptions = image is { IsReadOnly: true } ? ",readonly=on" : "",
                GdbPort = parsed.GetValue(gdb) ? GdbPort : null,
            };
            HostPackages.Require([.. HostRequirements.Of(RequirementScope.Build), .. HostRequirements.ToRunOn(request.Path.Hypervisor)]);
            _ = new ImageBuilder(repository).Build(name);
            return request.Path.Hypervisor == Hypervisor.Xen ? XenRun.Boot(name, request, image) : Boot(name, request);
        });
        return command;
    }

    private static int Boot(string name, QemuMachine machine)
    {
        Say.Note($"{name} on {machine.Path.Name}: {machine.Type ?? machine.Path.Machine}, {machine.Accelerator}, "
            + $"{machine.MemoryMiB} MiB, {machine.Processors} processors. Ctrl-C ends it.");

        using ManualResetEventSlim interrupted = new();
        QemuProcess? started = null;
        // Ctrl-C in a terminal reaches QEMU too; a signal to this process alone does not. Either way QEMU ends, and then we do.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        try
        {
            started = QemuProcess.Start(machine, ConsoleOwner.Person, []);
        }
        catch (RigException) when (interrupted.IsSet)
        {
            return new GuestEnd(GuestEndKind.Interrupted, 0).ShellCode;
        }
        using QemuProcess qemu = started;
        TellOfPort(machine.Network, qemu.HostPort);
        if (qemu.GdbPort is { } port)
            Say.Note($"The machine waits for gdb: gdb {ShellWord.Quote(machine.Kernel + ".debug")} -ex 'target remote 127.0.0.1:{port}'");

        using BackTraceNames names = new(machine.Kernel + ".debug");
        using Stream terminal = Console.OpenStandardOutput();
        new ConsoleRelay(terminal, names).Run(qemu.Process.StandardOutput.BaseStream);
        GuestEnd end = qemu.WaitForEnd();
        if (end.Kind is GuestEndKind.Reset)
            Say.Error("The machine reset itself: the guest rebooted, or faulted beyond help.");
        else if (end.Kind is GuestEndKind.Failed && !interrupted.IsSet)
            Say.Error("QEMU failed.");
        return interrupted.IsSet ? new GuestEnd(GuestEndKind.Interrupted, 0).ShellCode : end.ShellCode;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Set();
            // While it starts nobody listens on its monitor.
            if (started is { } running)
                running.Monitor.TryQuit();
            else
                Lifeline.Cut();
        }
    }

    /// <summary>Says by which port of the host the guest can be spoken to, where there is one.</summary>
    internal static void TellOfPort(QemuNetwork? network, int? hostPort)
    {
        if (network is not QemuNetwork.User user || hostPort is not { } port)
            return;
        if (user.IsTcp)
            Say.Note($"TCP port {user.GuestPort} is here http://127.0.0.1:{port}/");
        else
            Say.Note($"UDP port {user.GuestPort} is here port {port}: echo hello | nc -u -w1 127.0.0.1 {port}");
    }

    private static QemuNetwork? ParseNetwork(string text, string application) => text switch
    {
        "user" when application.Equals(WebApplication, StringComparison.OrdinalIgnoreCase) => new QemuNetwork.User(WebHostPort, WebPort) { IsTcp = true },
        "user" => new QemuNetwork.User(UdpEchoClient.HostPort, UdpEchoClient.Port),
        "none" => null,
        _ when text.StartsWith("tap=", StringComparison.Ordinal) && text.Length > 4 => new QemuNetwork.Tap(text[4..]),
        _ => throw new RigException($"--net takes user, tap=NAME or none, not '{text}'."),
    };

    // A person should know what becomes of a file that is not simply a disk's bytes, to be read and written.
    private static DriveImage Attachable(string file, GuestPath path)
    {
        if (!File.Exists(file))
            throw new RigException($"There is no disk image {file}.");
        DriveImage image = DriveImage.Open(file);
        if (image.IsReadOnly && path.DiskDevice.Any(argument => argument.StartsWith("ide-hd", StringComparison.Ordinal)))
            throw new RigException($"{image.Path} cannot be written, and an IDE or SATA disk has no way to say so. Make it writable, or take another path.");
        if (image.Format != "raw" || image.IsReadOnly)
            Say.Note($"{image.Path} is attached as {image.Format}{(image.IsReadOnly ? ", and can only be read" : "")}.");
        return image;
    }

    internal static Option<int> AtLeast(int least, string name, string helpName, string description, int standard)
    {
        Option<int> option = new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int number) && number < least)
                result.AddError($"{name} must be at least {least}.");
        });
        return option;
    }
}
