using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Qemu;

namespace Guest.Xen.Rig.Machine;

/// <summary>A QEMU that runs Xen: its process, its monitor, and Xen's serial console. Disposing it kills it; so does the end of
/// this process, however it ends.</summary>
internal sealed class XenQemu : IDisposable
{
    public const string Program = "qemu-system-x86_64";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Thread[] _readers;
    private QmpClient? _monitor;

    private XenQemu(Process process, string folder)
    {
        _process = process;
        Folder = folder;
        _readers =
        [
            Reader(process.StandardOutput.BaseStream, Console),
            Reader(process.StandardError.BaseStream, Errors),
        ];
    }

    /// <summary>Xen's console, where dom0 speaks too.</summary>
    public ConsoleLog Console { get; } = new("Xen and dom0");

    /// <summary>QEMU's own messages.</summary>
    public ConsoleLog Errors { get; } = new("QEMU");

    /// <summary>Where QEMU's sockets are; removed by <see cref="Dispose"/>.</summary>
    public string Folder { get; }

    /// <summary>The monitor.</summary>
    public QmpClient Monitor => _monitor!;

    /// <summary>Whether QEMU still runs.</summary>
    public bool Running => !_process.HasExited;

    /// <summary>QEMU's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts QEMU and connects to its monitor.</summary>
    /// <param name="prefix">A command that runs QEMU.</param>
    /// <param name="arguments">Makes QEMU's arguments, but for its console and monitor, given <see cref="Folder"/>.</param>
    public static XenQemu Start(IReadOnlyList<string> prefix, Func<string, IEnumerable<string>> arguments)
    {
        string folder = Directory.CreateTempSubdirectory("guest-xen-").FullName;
        string socket = Path.Combine(folder, "qmp");
        List<string> all =
        [
            .. arguments(folder),
            "-qmp", $"unix:{QemuOption.Escape(socket)},server=on,wait=off",
            "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
        ];
        // In a session of its own, so that Ctrl-C at our terminal is ours to answer.
        XenQemu qemu = new(Lifeline.Start(["setsid", .. prefix], Program, all), folder);
        qemu._monitor = QmpClient.Connect(socket, () => qemu.Running);
        if (qemu._monitor is not null)
            return qemu;
        qemu.Dispose();
        throw new RigException($"QEMU did not start.\n{qemu.Errors.Tail()}");
    }

    /// <summary>Types on Xen's console: to dom0, whoever that is.</summary>
    public void Type(ReadOnlySpan<byte> bytes)
    {
        _process.StandardInput.BaseStream.Write(bytes);
        _process.StandardInput.BaseStream.Flush();
    }

    /// <summary>Waits until QEMU has ended by itself; false if it did not.</summary>
    public bool WaitForExit(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
            return false;
        foreach (Thread reader in _readers)
            reader.Join(s_patience);
        return true;
    }

    /// <summary>Moves the machine's state, but for its memory, out of or into a file: see <see cref="Snapshot"/>.</summary>
    /// <param name="command"><c>migrate</c> or <c>migrate-incoming</c>.</param>
    /// <param name="uri">To or from where.</param>
    public void Migrate(string command, string uri)
    {
        Monitor.Execute("migrate-set-capabilities", new JsonObject
        {
            ["capabilities"] = new JsonArray(new JsonObject { ["capability"] = "x-ignore-shared", ["state"] = true }),
        });
        Monitor.Execute(command, new JsonObject { ["uri"] = uri });
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            string? status = Monitor.Execute("query-migrate")?["status"]?.GetValue<string>();
            if (status == "completed")
                return;
            if (status is "failed" or "cancelled" || waited.Elapsed > s_patience)
                throw new RigException(
                    $"QEMU's {command} is '{status}' after {waited.Elapsed.TotalSeconds:0.#} s.\n{Errors.Tail()}");
            Thread.Sleep(5);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Running)
            _process.Kill();
        _process.WaitForExit(s_patience);
        foreach (Thread reader in _readers)
            reader.Join(s_patience);
        _monitor?.Dispose();
        _process.Dispose();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static Thread Reader(Stream source, ConsoleLog log)
    {
        Thread thread = new(() =>
        {
            byte[] buffer = new byte[4096];
            try
            {
                while (source.Read(buffer) is > 0 and int count)
                    log.Append(buffer.AsSpan(0, count));
            }
            catch (Exception end) when (end is IOException or ObjectDisposedException)
            {
                // Dispose closed the pipe.
            }
            log.End();
        })
        { IsBackground = true, Name = "console" };
        thread.Start();
        return thread;
    }
}
