using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Tool.Commands;

/// <summary><c>./guest run APP --path xen-pv</c>: a domain beside a real dom0, in the rig.</summary>
internal static class XenRun
{
    // Of the kernel's panic, which a machine of QEMU's tells itself.
    private const int PanicExitCode = 101;

    // Asking costs dom0 a process; the guest should hardly notice.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Runs an image as a domain until it ends, its console on ours.</summary>
    /// <param name="name">The application.</param>
    /// <param name="request">What was asked for, in QEMU's terms.</param>
    /// <param name="disk">The disk that it gets; null for none.</param>
    /// <returns>What the shell gets. A domain has no way to tell its exit code, but that it panicked is seen.</returns>
    public static int Boot(string name, QemuMachine request, DriveImage? disk)
    {
        if (request.GdbPort is not null)
            throw new RigException("--gdb cannot reach into a domain.");
        DomainType type = request.Path.Name == "xen-pvh" ? DomainType.Pvh : DomainType.Pv;
        Say.Note($"{name} on {request.Path.Name}: Xen 4.17 in QEMU, {request.MemoryMiB} MiB. Ctrl-C ends it; lines typed go to its console.");

        using ManualResetEventSlim interrupted = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        try
        {
            return Run(name, request, disk, type, interrupted);
        }
        catch (Exception) when (interrupted.IsSet)
        {
            // Whatever was waited for or written to has ended.
            return new GuestEnd(GuestEndKind.Interrupted, 0).ShellCode;
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Set();
            Lifeline.Cut();
        }
    }

    private static int Run(string name, QemuMachine request, DriveImage? disk, DomainType type, ManualResetEventSlim interrupted)
    {
        using XenHost host = XenHost.Restore(request.Network, [], Say.Note, Capture(request.Capture));
        RunCommand.TellOfPort(request.Network, host.HostPort);
        using Stream terminal = Console.OpenStandardOutput();
        using BackTraceNames names = new(request.Kernel + ".debug");
        ConsoleRelay relay = new(terminal, names);
        using Domain domain = host.Create(
            new DomainConfiguration
            {
                Name = name.ToLowerInvariant(),
                Kernel = request.Kernel,
                CommandLine = request.CommandLine,
                Type = type,
                NativeTsc = type == DomainType.Pvh,
                MemoryMiB = request.MemoryMiB,
                Interfaces = request.Network is null ? [] : [new VirtualInterface()],
                Disks = disk is null ? [] : [new VirtualDisk(host.AttachDisk(disk.Path, disk.IsReadOnly, format: disk.Format), "xvda", disk.IsReadOnly)],
                OnPowerOff = OnEnd.Preserve,
                OnReboot = OnEnd.Preserve,
                OnCrash = OnEnd.Preserve,
            },
            relay.Pass);
        using Dom0Stream keyboard = domain.OpenConsole();
        new Thread(() => PassOnWhatIsTyped(keyboard)) { IsBackground = true, Name = "keyboard" }.Start();
        GuestEnd end = WaitForEnd(host, domain, interrupted);
        if (end.Kind is GuestEndKind.Reset)
            Say.Error("The guest rebooted, or faulted beyond help.");
        if (CrashReport.Find(host.HypervisorLog.Lines) is { } crash)
            relay.Pass(Encoding.UTF8.GetBytes($"Xen: {crash}"));
        // QEMU first: without it nothing has to be taken down in order.
        host.Dispose();
        return end.ShellCode;
    }

    private static GuestEnd WaitForEnd(XenHost host, Domain domain, ManualResetEventSlim interrupted)
    {
        while (!interrupted.Wait(s_betweenLooks))
        {
            string state = domain.State;
            // xl list(1): s, then r for a reboot or c for a crash.
            if (state.Contains('c', StringComparison.Ordinal))
                return EndedByXen(host) ? new GuestEnd(GuestEndKind.Reset, 0) : new GuestEnd(GuestEndKind.Exited, PanicExitCode);
            if (state.Contains("sr", StringComparison.Ordinal))
                return new GuestEnd(GuestEndKind.Reset, 0);
            if (state.Length == 0 || state.Contains('s', StringComparison.Ordinal))
                return new GuestEnd(GuestEndKind.PoweredOff, 0);
        }
        return new GuestEnd(GuestEndKind.Interrupted, 0);
    }

    // xen/arch/x86/domain.c, __domain_crash; a domain that says itself that it crashed is "reported crashed".
    private static bool EndedByXen(XenHost host) =>
        host.HypervisorLog.Lines.Any(line => line.Contains(" crashed on cpu#", StringComparison.Ordinal));

    private static void PassOnWhatIsTyped(Dom0Stream keyboard)
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        try
        {
            while (input.Read(buffer) is > 0 and int count)
                keyboard.Type(buffer.AsSpan(0, count));
        }
        catch (Exception end) when (end is RigException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The domain is gone.
        }
    }

    private static string[] Capture(string? file) =>
        file is null ? [] : ["-object", $"filter-dump,id=capture0,netdev={XenHost.NetworkId},file={QemuOption.Escape(file)}"];
}
