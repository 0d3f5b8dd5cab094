using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Guest.Rig.Host;

namespace Guest.Rig.Qemu;

/// <summary>A running QEMU with its monitor. Disposing it kills it and removes its files; the end of this process kills it too.</summary>
public sealed class QemuProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private QmpClient? _monitor;

    private QemuProcess(Process process, string folder)
    {
        Process = process;
        _folder = folder;
    }

    /// <summary>The process.</summary>
    public Process Process { get; }

    /// <summary>The monitor.</summary>
    public QmpClient Monitor => _monitor!;

    /// <summary>The host's UDP port that leads to the guest, where the network is QEMU's own.</summary>
    public int? HostPort { get; private set; }

    /// <summary>The host's TCP port on which QEMU listens for gdb, where it does.</summary>
    public int? GdbPort { get; private set; }

    /// <summary>Starts QEMU and lets its machine run (unless gdb is to do that).</summary>
    /// <param name="machine">What to boot.</param>
    /// <param name="console">Who has the console and QEMU's messages.</param>
    /// <param name="prefix">A command that runs QEMU, such as <c>ip netns exec NAME</c>.</param>
    public static QemuProcess Start(QemuMachine machine, ConsoleOwner console, IReadOnlyList<string> prefix)
    {
        if (!File.Exists(machine.Kernel))
            throw new RigException($"{machine.Kernel} does not exist: build it first.");

        string folder = Directory.CreateTempSubdirectory("guest-").FullName;
        string socket = Path.Combine(folder, "qmp");
        List<string> arguments =
        [
            .. machine.ToArguments(),
            "-qmp", $"unix:{QemuOption.Escape(socket)},server=on,wait=off",
            // A person's terminal is QEMU's to read, raw; Ctrl-C is still a signal, to QEMU and to us.
            "-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console",
        ];
        QemuProcess qemu;
        try
        {
            qemu = new QemuProcess(Lifeline.Start(prefix, QemuMachine.Program, arguments, console), folder);
        }
        catch (RigException)
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
        try
        {
            qemu._monitor = QmpClient.Connect(socket, () => !qemu.Process.HasExited);
            if (qemu._monitor is null)
            {
                qemu.Kill();
                string errors = console == ConsoleOwner.Program ? qemu.Process.StandardError.ReadToEnd().Trim() : "its message is above";
                throw new RigException($"QEMU did not start: {errors}");
            }
            if (machine.Network is QemuNetwork.User network)
                qemu.HostPort = HostPorts.Forward(qemu._monitor, QemuMachine.NetworkId, network);
            if (machine.GdbPort is { } port)
                qemu.GdbPort = HostPorts.ListenForGdb(qemu._monitor, port);
            else
                qemu._monitor.Execute("cont");
            return qemu;
        }
        catch (RigException)
        {
            qemu.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the end and says how it came.</summary>
    public GuestEnd WaitForEnd()
    {
        Process.WaitForExit();
        Monitor.WaitForEnd();
        return GuestEnd.FromQemu(Process.ExitCode, Monitor.ShutdownReason);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Process.WaitForExit(s_patience);
        _monitor?.Dispose();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Kill()
    {
        if (!Process.HasExited)
            Process.Kill(entireProcessTree: true);
    }
}
