using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Xen.Rig.Domains;
using Guest.Xen.Rig.Machine;

namespace Guest.Xen.Rig;

/// <summary>A running Xen with a Linux dom0, restored from the snapshot in about a second: the place for domains, which end with it. Disposing
/// it leaves nothing behind. Every wait has an end, and what fails shows the consoles.</summary>
public sealed class XenHost : IDisposable
{
    /// <summary>The id of the network behind dom0's bridge, for QEMU's monitor and arguments.</summary>
    public const string NetworkId = Dom0Machine.NetworkId;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly XenQemu _qemu;
    private readonly AgentPort[] _ports;
    private readonly BlockingCollection<AgentPort> _free;
    private readonly Dictionary<string, string> _uploaded = [];
    private readonly ConcurrentBag<Domain> _domains = [];
    private int _lastDisk;
    private bool _disposed;

    private XenHost(XenQemu qemu, AgentPort[] ports, string linux)
    {
        Linux = linux;
        _qemu = qemu;
        _ports = ports;
        _free = new BlockingCollection<AgentPort>(new ConcurrentQueue<AgentPort>(ports));
    }

    /// <summary>What Xen and dom0's Linux have said, since the restore.</summary>
    public ConsoleLog HypervisorLog => _qemu.Console;

    /// <summary>dom0's Linux, a file of this machine: an ELF that a domain can run too, sooner than the packed one.</summary>
    public string Linux { get; }

    /// <summary>The host's UDP port that leads to dom0's bridge, where the network is QEMU's own.</summary>
    public int? HostPort { get; private init; }

    /// <summary>QEMU's process id.</summary>
    public int ProcessId => _qemu.ProcessId;

    /// <summary>Whether QEMU still runs.</summary>
    public bool Runs => _qemu.Running;

    /// <summary>Restores one, with the tap of a network on dom0's bridge; the very first time, builds the snapshot.</summary>
    public static XenHost Restore(NetworkNamespace network) =>
        Restore(new QemuNetwork.Tap(NetworkNamespace.TapName), network.Prefix);

    /// <summary>Restores one; the very first time, builds the snapshot.</summary>
    /// <param name="network">What is on dom0's bridge, beside the domains; null: nothing.</param>
    /// <param name="prefix">A command that runs QEMU, such as a namespace's <c>ip netns exec NAME</c>.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="arguments">More arguments for QEMU, such as a plugin; no devices.</param>
    public static XenHost Restore(
        QemuNetwork? network, IReadOnlyList<string> prefix, Action<string>? progress = null, params IEnumerable<string> arguments)
    {
        Snapshot snapshot = Snapshot.Get(progress);
        XenQemu qemu = snapshot.Start(prefix, network, arguments);
        List<AgentPort> ports = [];
        try
        {
            for (int port = 0; port < Dom0Machine.AgentPorts; port++)
                ports.Add(AgentPort.Connect(qemu.Folder, port));
            snapshot.Load(qemu);
            return new XenHost(qemu, [.. ports], snapshot.Linux)
            {
                HostPort = network is QemuNetwork.User user ? HostPorts.Forward(qemu.Monitor, NetworkId, user) : null,
            };
        }
        catch
        {
            foreach (AgentPort port in ports)
                port.Dispose();
            qemu.Dispose();
            throw;
        }
    }

    /// <summary>Runs a script in dom0's shell, whatever its exit code.</summary>
    /// <param name="script">The script: <c>xl list</c>, or many lines.</param>
    /// <param name="limit">After which it is killed; a minute unless told.</param>
    public Dom0Result Execute(string script, TimeSpan? limit = null)
    {
        TimeSpan time = limit ?? s_limit;
        return WithPort(port => port.Run(script, time, time + s_grace));
    }

    /// <summary>Runs a script in dom0's shell, which must succeed, and returns what it printed.</summary>
    public string Require(string script, TimeSpan? limit = null)
    {
        Dom0Result result = Execute(script, limit);
        return result.ExitCode == 0
            ? result.Output
            : throw new RigException(
                $"In dom0 '{script}' ended with {result.ExitCode}:\n{result.Output}{result.Errors}\n{HypervisorLog.Tail()}");
    }

    /// <summary>Writes a file in dom0.</summary>
    public void Upload(string path, ReadOnlyMemory<byte> content)
    {
        Dom0Result result = WithPort(port => port.Put(path, content.Span, s_limit));
        if (result.ExitCode != 0)
            throw new RigException($"dom0 could not write {path}: {result.Errors}");
    }

    /// <summary>Copies a file of this machine into dom0, once, and returns its path there.</summary>
    public string Upload(string file)
    {
        string source = Path.GetFullPath(file);
        if (!File.Exists(source))
            throw new RigException($"{source} does not exist: build it first.");
        lock (_uploaded)
        {
            if (_uploaded.TryGetValue(source, out string? known))
                return known;
            string target = $"/tmp/{_uploaded.Count}-{Path.GetFileName(source)}";
            Upload(target, File.ReadAllBytes(source));
            return _uploaded[source] = target;
        }
    }

    /// <summary>Plugs a disk into dom0, its content an image of this machine, and returns its device there. What is discarded on it
    /// is cut out of the image.</summary>
    public string AttachDisk(string image, bool readOnly = false, int sectorSize = 512, string format = "raw")
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"disk{Interlocked.Increment(ref _lastDisk)}");
        _qemu.Monitor.Execute("blockdev-add", new JsonObject
        {
            ["node-name"] = id,
            ["driver"] = format,
            ["read-only"] = readOnly,
            ["discard"] = "unmap",
            ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = Path.GetFullPath(image), ["discard"] = "unmap" },
        });
        _qemu.Monitor.Execute("device_add", new JsonObject
        {
            ["driver"] = "virtio-blk-pci",
            ["id"] = id,
            ["drive"] = id,
            ["serial"] = id,
            ["logical_block_size"] = sectorSize,
            ["physical_block_size"] = sectorSize,
        });
        string find = $"until name=$(grep -l '^{id}$' /sys/block/vd*/serial 2>/dev/null); do usleep 20000; done; echo $name";
        return "/dev/" + Require(find, TimeSpan.FromSeconds(20)).Split('/')[3];
    }

    /// <summary>Has a disk that was plugged into dom0 move a byte a second from now on: after one request more, what it is asked waits for an
    /// hour.</summary>
    /// <param name="device">What <see cref="AttachDisk"/> returned.</param>
    public void StallDisk(string device)
    {
        string id = Require($"cat /sys/block/{Path.GetFileName(device)}/serial").Trim();
        JsonObject arguments = new() { ["id"] = $"/machine/peripheral/{id}/virtio-backend", ["bps"] = 1 };
        foreach (string unlimited in new[] { "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr" })
            arguments[unlimited] = 0;
        _qemu.Monitor.Execute("block_set_io_throttle", arguments);
    }

    /// <summary>Creates a domain and begins to read its console.</summary>
    /// <param name="configuration">What to create; its files are of this machine, and are copied into dom0.</param>
    /// <param name="console">Who is given what the guest says as it comes, beside <see cref="Domain.Console"/>.</param>
    public Domain Create(DomainConfiguration configuration, Action<ReadOnlySpan<byte>>? console = null)
    {
        Domain domain = new(this, configuration, console);
        _domains.Add(domain);
        domain.Start();
        return domain;
    }

    /// <summary>Starts a script in dom0 whose input and output are the caller's. <see cref="Dom0Stream.Dispose"/> ends it.</summary>
    /// <param name="name">What speaks there, for messages.</param>
    /// <param name="script">The script.</param>
    /// <param name="copy">Who is given what the script says as it comes, beside <see cref="Dom0Stream.Output"/>.</param>
    public Dom0Stream Open(string name, string script, Action<ReadOnlySpan<byte>>? copy = null) => new(this, TakePort(), name, script, copy);

    /// <summary>The last lines of Xen's and dom0's console, and of QEMU's messages: for messages about failures.</summary>
    public string Report() => $"{HypervisorLog.Tail()}\n{_qemu.Errors.Tail()}";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        // QEMU first: streams that still read find the end.
        _qemu.Dispose();
        foreach (AgentPort port in _ports)
            port.Dispose();
        foreach (Domain domain in _domains)
            domain.Dispose();
    }

    /// <summary>Runs a script that takes something down, for which there is no need once QEMU has ended: whoever ended it.</summary>
    internal void ExecuteIfRunning(string script)
    {
        try
        {
            if (!_disposed && _qemu.Running)
                Execute(script);
        }
        catch (RigException) when (_qemu.WaitForExit(s_grace))
        {
        }
    }

    internal void Return(AgentPort port) => _free.Add(port);

    private AgentPort TakePort() =>
        _free.TryTake(out AgentPort? port, s_limit)
            ? port
            : throw new RigException($"All {Dom0Machine.AgentPorts} agents of dom0 are busy.\n{Report()}");

    private T WithPort<T>(Func<AgentPort, T> action)
    {
        AgentPort port = TakePort();
        T result;
        try
        {
            result = action(port);
        }
        catch (Exception cause) when (cause is RigException or IOException or System.Net.Sockets.SocketException)
        {
            // The port is not returned: who knows what it would say next.
            throw new RigException($"{cause.Message}\n{Report()}", cause);
        }
        Return(port);
        return result;
    }
}
