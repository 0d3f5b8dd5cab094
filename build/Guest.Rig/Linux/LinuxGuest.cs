using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Guest.Rig.Host;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Rig.Linux;

/// <summary>The reference that everybody knows: Debian's kernel with busybox and the drivers of every NIC that we drive, as a guest
/// on the same machines.</summary>
public sealed class LinuxGuest
{
    /// <summary>What the console says, at the start of a line, when the network is up.</summary>
    public const string Ready = "linux-ready";

    private static readonly string[] s_modules =
        ["virtio_pci", "virtio_mmio", "virtio_net", "e1000", "e1000e", "8139cp", "ne2k-pci", "xen-netfront", "xen-blkfront"];

    private LinuxGuest(string kernel, string ramdisk)
    {
        Kernel = kernel;
        Ramdisk = ramdisk;
    }

    /// <summary>The kernel's file: an ELF, which QEMU boots by its PVH entry.</summary>
    public string Kernel { get; }

    /// <summary>The initial file system.</summary>
    public string Ramdisk { get; }

    /// <summary>Finds the newest installed kernel and makes its initial file system, unless that has been made before.</summary>
    /// <param name="repository">Where it is kept, under artifacts.</param>
    /// <param name="service">A program that is started before <see cref="Ready"/>; null for none.</param>
    public static LinuxGuest Prepare(Repository repository, LinuxService? service = null)
    {
        LinuxKernel installed = LinuxKernel.Find()
            ?? throw new RigException("There is no Linux kernel with its modules in /boot; ./guest doctor --install gets one.");
        string version = installed.Version;

        IReadOnlyDictionary<string, string> files = service?.Files ?? new Dictionary<string, string>();
        string script = Script(service?.Command);
        string[] modules = [.. s_modules, .. service?.Modules ?? []];
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            version + script + string.Join(' ', modules) + string.Concat(files.Select(file => file.Value + File.GetLastWriteTimeUtc(file.Value).Ticks)))))[..16];
        string folder = Path.Combine(repository.Root, "artifacts", "linux");
        Directory.CreateDirectory(folder);
        string ramdisk = Path.Combine(folder, $"{version}-{key}.cpio");
        if (!File.Exists(ramdisk))
            Make(ramdisk, installed, script, modules, files);
        string kernel = Path.Combine(folder, $"{version}.elf");
        if (!File.Exists(kernel) || File.GetLastWriteTimeUtc(kernel) < File.GetLastWriteTimeUtc(installed.CompressedImage))
        {
            string partial = Partial(kernel);
            installed.Unpack(partial);
            File.Move(partial, kernel, overwrite: true);
        }
        return new LinuxGuest(kernel, ramdisk);
    }

    /// <summary>What Debian's kernel lacks on a path; null if nothing.</summary>
    public static string? LackOn(GuestPath path) => path.Machine == "microvm"
        ? "Debian's kernel finds virtio-mmio devices in ACPI's tables only (CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES is not set), and a microvm with ACPI gives it no clock"
        : null;

    /// <summary>Turns a machine for our image into one for Linux, with the same devices.</summary>
    /// <param name="machine">The machine; its kernel options stay ours and are dropped.</param>
    /// <param name="address">An address with its prefix length, <c>dhcp</c>, or <c>none</c>.</param>
    /// <param name="command">A shell command to run after <see cref="Ready"/>; when it ends the machine is switched off.</param>
    /// <param name="options">Further kernel parameters.</param>
    public QemuMachine On(QemuMachine machine, string address, string? command = null, string options = "") => machine with
    {
        Kernel = Kernel,
        InitialRamdisk = Ramdisk,
        Path = machine.Path with { KernelOptions = "" },
        MemoryMiB = Math.Max(machine.MemoryMiB, 256),
        CommandLine = $"{CommandLine("ttyS0", address, command)} {options}".TrimEnd(),
    };

    /// <summary>What the kernel must be told.</summary>
    /// <param name="console">Its console: <c>ttyS0</c>, or <c>hvc0</c> under Xen.</param>
    /// <param name="address">An address with its prefix length, <c>dhcp</c>, or <c>none</c>.</param>
    /// <param name="command">A shell command to run after <see cref="Ready"/>; when it ends the machine is switched off.</param>
    public static string CommandLine(string console, string address, string? command = null) =>
        $"console={console} quiet panic=-1 guest.ip={address}"
            // In base 64: a kernel parameter has no spaces.
            + (command is null ? "" : $" guest.run={Convert.ToBase64String(Encoding.UTF8.GetBytes(command))}");

    private static string Script(string? command) => $$"""
        #!/bin/busybox sh
        export PATH=/bin
        /bin/busybox mkdir -p /proc /sys /dev /run
        /bin/busybox --install -s /bin
        mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
        for parameter in $(cat /proc/cmdline); do
          case $parameter in
            guest.ip=*) address=${parameter#*=};;
            guest.run=*) run=${parameter#*=};;
          esac
        done
        while read -r module; do insmod "$module"; done < /modules.order
        ip link set lo up
        # Under Xen the NIC appears when its back end answers.
        until [ "$address" = none ] || [ -e /sys/class/net/eth0 ] || [ "${tries:=0}" -ge 100 ]; do
          usleep 20000; tries=$((tries + 1))
        done
        # What the kernel runs when Xen's toolstack asks it to end; this init cannot be asked.
        mkdir -p /sbin
        for verb in poweroff reboot; do
          printf '#!/bin/sh\nexec /bin/%s -f\n' $verb > /sbin/$verb; chmod 755 /sbin/$verb
        done
        if [ -e /sys/class/net/eth0 ]; then
          echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6
          ip link set eth0 up
          case $address in
            dhcp) udhcpc -i eth0 -s /udhcpc.sh -q;;
            none) ;;
            *) ip addr add "$address" dev eth0;;
          esac
        fi
        {{(command is null ? "" : command + " &")}}
        echo '{{Ready}}'
        if [ -n "$run" ]; then
          echo "$run" | base64 -d > /run.sh
          sh /run.sh
          poweroff -f
        fi
        exec sh

        """;

    private static void Make(
        string ramdisk, LinuxKernel kernel, string script, IReadOnlyList<string> modules, IReadOnlyDictionary<string, string> files)
    {
        string root = Directory.CreateTempSubdirectory("guest-linux-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "bin"));
            Directory.CreateDirectory(Path.Combine(root, "modules"));
            File.Copy("/bin/busybox", Path.Combine(root, "bin/busybox"));
            List<string> order = [];
            foreach (string file in kernel.ModuleFiles(modules))
            {
                File.Copy(file, Path.Combine(root, "modules", Path.GetFileName(file)));
                order.Add("/modules/" + Path.GetFileName(file));
            }
            foreach ((string inside, string outside) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(root + inside)!);
                File.Copy(outside, root + inside, overwrite: true);
            }
            File.WriteAllLines(Path.Combine(root, "modules.order"), order);
            File.WriteAllText(Path.Combine(root, "init"), script);
            File.WriteAllText(Path.Combine(root, "udhcpc.sh"), """
                #!/bin/sh
                [ "$1" = bound ] && ip addr add "$ip/$mask" dev "$interface" && echo "dhcp $ip"
                exit 0

                """);
            string partial = Partial(ramdisk);
            Shell.Require("sh", "-c", $"cd '{root}' && chmod 755 init udhcpc.sh && find . | cpio --quiet -o -H newc > '{partial}'");
            File.Move(partial, ramdisk, overwrite: true);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // Two processes may make the same file.
    private static string Partial(string file) => $"{file}.{Environment.ProcessId}";
}
