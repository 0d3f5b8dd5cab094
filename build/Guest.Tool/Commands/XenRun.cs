using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Tool.Commands;

/// <summary><c>./guest run APP --path xen-pv</c>: a domain beside a real dom0, in the rig.</summary>
internal static class XenRun
{
    // Asking costs dom0 a process; the guest should hardly notice.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Runs an image as a domain until it ends, its console on ours.</summary>
    /// <param name="name">The application.</param>
    /// <param name="request">What was asked for, in QEMU's terms.</param>
    /// <returns>What the shell gets. A domain has no way to tell its exit code.</returns>
    public static int Boot(string name, QemuMachine request)
    {
        if (request.GdbPort is not null)
            throw new RigException("--gdb cannot reach into a domain.");
        DomainType type = request.Path.Name == "xen-pvh" ? DomainType.Pvh : DomainType.Pv;
        Say.Note($"{name} on {request.Path.Name}: Xen 4.17 in QEMU, {request.MemoryMiB} MiB. Ctrl-C ends it; lines typed go to its console.");
        if (request.Network is QemuNetwork.User user)
            Say.Note($"UDP port {user.GuestPort} is here port {user.HostPort}: echo hello | nc -u -w1 127.0.0.1 {user.HostPort}");

        using ManualResetEventSlim interrupted = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        using XenHost host = XenHost.Restore(request.Network, [], Say.Note, Capture(request.Capture));
        using Stream terminal = Console.OpenStandardOutput();
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
                Disks = request.Disk is { } image ? [new VirtualDisk(host.AttachDisk(image), "xvda")] : [],
                OnPowerOff = OnEnd.Preserve,
                OnReboot = OnEnd.Preserve,
                OnCrash = OnEnd.Preserve,
            },
            terminal);
        using Dom0Stream keyboard = domain.OpenConsole();
        new Thread(() => PassOnWhatIsTyped(keyboard)) { IsBackground = true, Name = "keyboard" }.Start();
        return WaitForEnd(domain, interrupted).ShellCode;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Set();
        }
    }

    private static GuestEnd WaitForEnd(Domain domain, ManualResetEventSlim interrupted)
    {
        while (!interrupted.Wait(s_betweenLooks))
        {
            string state;
            try
            {
                state = domain.State;
            }
            catch (RigException) when (interrupted.Wait(s_betweenLooks))
            {
                // A terminal's Ctrl-C reaches QEMU too.
                break;
            }
            // xl list(1): s, then r for a reboot or c for a crash.
            if (state.Contains('c', StringComparison.Ordinal))
            {
                Say.Error("The guest crashed.");
                return new GuestEnd(GuestEndKind.Failed, 0);
            }
            if (state.Contains("sr", StringComparison.Ordinal))
            {
                Say.Error("The guest asked for a reboot.");
                return new GuestEnd(GuestEndKind.Reset, 0);
            }
            if (state.Length == 0 || state.Contains('s', StringComparison.Ordinal))
                return new GuestEnd(GuestEndKind.PoweredOff, 0);
        }
        return new GuestEnd(GuestEndKind.Interrupted, 0);
    }

    private static void PassOnWhatIsTyped(Dom0Stream keyboard)
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        try
        {
            while (input.Read(buffer) is > 0 and int count)
                keyboard.Type(buffer.AsSpan(0, count));
        }
        catch (Exception end) when (end is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The domain is gone.
        }
    }

    private static string[] Capture(string? file) =>
        file is null ? [] : ["-object", $"filter-dump,id=capture0,netdev={XenHost.NetworkId},file={file}"];
}
