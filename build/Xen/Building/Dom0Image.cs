using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Guest.Rig.Host;
using Guest.Rig.Linux;

namespace Guest.Xen.Rig.Building;

/// <summary>dom0's file system: Debian's programs with their libraries at the places they have on this machine, the kernel
/// modules they need, and the few scripts of the folder <c>dom0/</c>.</summary>
public static class Dom0Image
{
    private const uint Executable = 0x1ed;
    private const uint Readable = 0x1a4;

    private static readonly string[] s_modules =
    [
        "xen-evtchn", "xen-gntdev", "xen-privcmd", "xenfs", "bridge", "virtio_pci", "virtio_net", "virtio_blk", "virtio_console",
        "loop", "xen-netback", "xen-blkback",
    ];

    private static readonly string[] s_programs =
    [
        .. ((string[])["xl", "xenstored", "xenconsoled", "xenconsole", "xen-init-dom0", "xentrace", "xenctx", "lsevtchn"])
            .Select(name => $"{HostFiles.XenPrograms}/{name}"),
        .. ((string[])["read", "write", "ls", "list", "rm", "exists", "watch"]).Select(name => $"/usr/bin/xenstore-{name}"),
    ];

    private static readonly (string Name, string Path, uint Mode)[] s_scripts =
    [
        ("init", "/init", Executable),
        ("agent", "/sbin/agent", Executable),
        ("vif-bridge", "/etc/xen/scripts/vif-bridge", Executable),
        ("block", "/etc/xen/scripts/block", Executable),
        ("xl.conf", "/etc/xen/xl.conf", Readable),
    ];

    /// <summary>What is put together: a change of it makes a new dom0.</summary>
    public static string Identity =>
        string.Join('\n', [.. s_modules, .. s_programs, .. s_scripts.Select(script => Script(script.Name))]);

    /// <summary>Writes the archive.</summary>
    public static void Write(string target, HostFiles files)
    {
        using FileStream output = File.Create(target);
        using CpioArchive archive = new(output);
        foreach (string folder in (string[])["/proc", "/sys", "/dev", "/run", "/tmp", "/var/log", "/var/lib"])
            archive.AddFolder(folder);
        archive.AddLink("/var/run", "/run");
        archive.AddLink("/var/lock", "/run/lock");
        archive.AddDevice("/dev/console", 5, 1);
        AddBusybox(archive);
        foreach (string program in s_programs)
        {
            archive.AddHostFile(program);
            foreach (string library in HostFiles.Libraries(program))
                archive.AddHostFile(library);
        }
        archive.AddHostFile(HostFiles.ThreadEndLibrary);
        AddModules(archive, files.Kernel);
        foreach ((string name, string path, uint mode) in s_scripts)
            archive.AddFile(path, Encoding.UTF8.GetBytes(Script(name)), mode);
    }

    // Under all its names but its own.
    private static void AddBusybox(CpioArchive archive)
    {
        archive.AddHostFile("/bin/busybox");
        foreach (string applet in Shell.Require("/bin/busybox", "--list").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (applet != "busybox")
                archive.AddLink("/bin/" + applet, "busybox");
        }
    }

    // And /etc/modules: their paths in the order of loading.
    private static void AddModules(CpioArchive archive, LinuxKernel kernel)
    {
        IReadOnlyList<string> modules = kernel.ModuleFiles(s_modules);
        foreach (string module in modules)
            archive.AddHostFile(module);
        archive.AddFile("/etc/modules", Encoding.UTF8.GetBytes(string.Concat(modules.Select(module => module + "\n"))), Readable);
    }

    private static string Script(string name)
    {
        using Stream stream = typeof(Dom0Image).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"no embedded script {name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Replace("@XEN_BIN@", HostFiles.XenPrograms, StringComparison.Ordinal);
    }
}
