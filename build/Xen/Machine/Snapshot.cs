using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Qemu;
using Guest.Xen.Rig.Building;

namespace Guest.Xen.Rig.Machine;

/// <summary>Xen and dom0, booted and ready, on disk: <c>artifacts/xen/KEY/</c>, where the key tells the inputs. Built once, by
/// whoever comes first; restored as often as wanted, since memory is mapped copy on write.</summary>
internal sealed class Snapshot
{
    private const string Complete = "complete";
    private const string Built = "built";

    private static readonly TimeSpan s_bootPatience = TimeSpan.FromMinutes(3);

    private Snapshot(string folder) => Folder = folder;

    /// <summary>Where its files are.</summary>
    public string Folder { get; }

    /// <summary>QEMU's name for the file with the state of processor and devices.</summary>
    public string State => Path.Combine(Folder, "state");

    /// <summary>Xen, unpacked: what QEMU can boot.</summary>
    public string Xen => Path.Combine(Folder, "xen");

    /// <summary>dom0's Linux, unpacked.</summary>
    public string Linux => Path.Combine(Folder, "vmlinux");

    /// <summary>Finds the snapshot of what is installed now, or makes it.</summary>
    public static Snapshot Get(Action<string>? progress) => Get(Complete, progress);

    /// <summary>Finds the files that are booted, or makes them; whether there is a snapshot does not matter.</summary>
    public static Snapshot GetFiles() => Get(Built, progress: null);

    private static Snapshot Get(string mark, Action<string>? progress)
    {
        HostFiles files = HostFiles.Find();
        string cache = Path.Combine(Repository.Find().Root, "artifacts", "xen");
        Snapshot snapshot = new(Path.Combine(cache, Key(files)));
        if (snapshot.Has(mark))
            return snapshot;
        using IDisposable held = FileLock.Hold(Path.Combine(cache, "lock"));
        if (!snapshot.Has(Built))
        {
            foreach (string old in Directory.EnumerateDirectories(cache))
                Directory.Delete(old, recursive: true);
            Directory.CreateDirectory(snapshot.Folder);
            snapshot.BuildFiles(files);
            snapshot.Set(Built);
        }
        if (!snapshot.Has(mark))
        {
            progress?.Invoke("Booting Xen and dom0 once (about half a minute; kept in artifacts/xen) ...");
            snapshot.Take();
            snapshot.Set(mark);
        }
        return snapshot;
    }

    /// <summary>Starts QEMU with this snapshot, not yet loaded, so that the agents' ports can be connected first.</summary>
    public XenQemu Start(IReadOnlyList<string> prefix, QemuNetwork? network, IEnumerable<string> more) =>
        XenQemu.Start(prefix, sockets => Dom0Machine.Arguments(Folder, sockets, network, restore: true).Concat(more));

    /// <summary>Loads it and lets it run.</summary>
    public void Load(XenQemu qemu) => qemu.Migrate("migrate-incoming", $"exec:cat '{State}'");

    private bool Has(string mark) => File.Exists(Path.Combine(Folder, mark));

    private void Set(string mark) => File.WriteAllText(Path.Combine(Folder, mark), "");

    // By size and time of the packages' files: reading them would cost more than the restore.
    private static string Key(HostFiles files)
    {
        StringBuilder inputs = new();
        foreach (string path in files.Inputs)
        {
            FileInfo file = new(path);
            inputs.Append(CultureInfo.InvariantCulture, $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }
        inputs.Append(Dom0Image.Identity).Append(Dom0Machine.Identity);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(inputs.ToString())))[..16];
    }

    private void BuildFiles(HostFiles files)
    {
        using (FileStream packed = File.OpenRead(HostFiles.Xen))
        using (GZipStream unpacked = new(packed, CompressionMode.Decompress))
        using (FileStream target = File.Create(Xen))
            unpacked.CopyTo(target);
        files.Kernel.Unpack(Linux);
        Dom0Image.Write(Path.Combine(Folder, "dom0.cpio"), files);
    }

    private void Take()
    {
        using XenQemu qemu = XenQemu.Start([], sockets => Dom0Machine.Arguments(Folder, sockets, network: null, restore: false));
        AgentPort[] ports = [.. Enumerable.Range(0, Dom0Machine.AgentPorts).Select(port => AgentPort.Connect(qemu.Folder, port))];
        try
        {
            foreach (AgentPort port in ports)
                port.Run("exec xl list >/dev/null", s_bootPatience, s_bootPatience);
            qemu.Migrate("migrate", $"exec:cat >'{State}'");
        }
        catch (RigException cause)
        {
            throw new RigException(
                $"dom0 did not become ready: {cause.Message}\n{qemu.Console.Tail(80)}\n{qemu.Errors.Tail()}", cause);
        }
        finally
        {
            foreach (AgentPort port in ports)
                port.Dispose();
        }
    }
}
