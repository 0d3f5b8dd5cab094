using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Rig.Linux;

/// <summary>A whole host inside one emulated machine: Debian's Linux with KVM, and QEMU with our image on it. Nothing of it is shared with the real
/// host, so every instruction that a packet costs anybody can be counted, as on a machine with Xen and dom0.</summary>
/// <remarks>QEMU emulates AMD's virtualisation, and Linux's kvm-amd uses it. The image comes in by fw_cfg (QEMU, docs/specs/fw_cfg.rst); the inner
/// machine's serial port is the outer's console.</remarks>
public static class KvmHost
{
    private const string KeyFolder = "/sys/firmware/qemu_fw_cfg/by_name";
    private const int CountersPort = 7001;
    private const int SymbolsPort = 7002;
    private const string Program = "/usr/bin/" + QemuMachine.Program;

    // Keys that QEMU's fw_cfg leaves to users begin with opt/.
    private const string ImageKey = "opt/guest/image";
    private const string ScriptKey = "opt/guest/script";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly string[] s_modules =
        ["kvm-amd", "vhost_net", "tun", "bridge", "virtio_pci", "virtio_net", "qemu_fw_cfg"];

    private static readonly string[] s_firmware =
    [
        "/usr/share/seabios/bios-256k.bin", "/usr/share/seabios/bios-microvm.bin", "/usr/share/qemu/bios-microvm.bin", "/usr/share/qemu/qboot.rom", "/usr/share/qemu/pvh.bin",
        "/usr/share/qemu/linuxboot_dma.bin", "/usr/share/qemu/kvmvapic.bin",
    ];

    /// <summary>Whose code is where: our image is linked below Linux's text, which <c>nokaslr</c> keeps in its place.</summary>
    public static IReadOnlyList<CodeRange> Ranges { get; } =
    [
        new(CodeRange.Guest, 0xffff_ffff_8000_0000, 0xffff_ffff_80ff_ffff),
        new(CodeRange.HostKernel, 0xffff_8000_0000_0000, 0xffff_ffff_ffff_ffff),
        new(CodeRange.HostPrograms, 0, 0x0000_7fff_ffff_ffff),
    ];

    /// <summary>Where the host answers.</summary>
    private static IPAddress Address { get; } = IPAddress.Parse("10.0.0.3");

    /// <summary>Makes the host's file system, or finds it made.</summary>
    public static LinuxGuest Prepare(Repository repository)
    {
        Dictionary<string, string> files = s_firmware.Where(File.Exists).ToDictionary(file => file, file => file);
        files[Program] = Program;
        foreach (string library in LinuxService.Libraries(Program))
            files[library] = library;
        return LinuxGuest.Prepare(repository, new LinuxService(Command: "true", files) { Modules = s_modules });
    }

    /// <summary>The emulated machine with the host, which boots our image on a path.</summary>
    /// <param name="host">What <see cref="Prepare"/> made.</param>
    /// <param name="path">Which NIC the inner machine has.</param>
    /// <param name="image">Our image.</param>
    /// <param name="commandLine">Its command line.</param>
    public static QemuMachine Machine(LinuxGuest host, GuestPath path, string image, string commandLine)
    {
        QemuMachine inner = new()
        {
            Kernel = "/image.elf",
            Path = path,
            Accelerator = Accelerator.Kvm,
            CommandLine = commandLine,
            Processors = 1,
            // As a host with KVM does it: its kernel serves virtio's rings.
            Network = new QemuNetwork.Tap(NetworkNamespace.TapName) { ServedByKernel = path.IsVirtio },
        };
        // The machine of the Xen rig: same processor, same NIC, and no offloads, which a bridge would have to undo.
        QemuMachine outer = new()
        {
            Kernel = "",
            Path = GuestPaths.Networks[0] with
            {
                NetworkDevice =
                [
                    "-device", "virtio-net-pci,disable-legacy=on,netdev={net},romfile=,mac=52:54:00:00:00:01,"
                        + GuestPath.NoOffloads,
                ],
            },
            MemoryMiB = 1024,
            Network = new QemuNetwork.Tap(NetworkNamespace.TapName),
            Extra =
            [
                "-fw_cfg", $"name={ImageKey},file={QemuOption.Escape(image)}",
                "-fw_cfg", $"name={ScriptKey},string={QemuOption.Escape(Script(inner.ToArguments()))}",
            ],
        };
        return host.On(outer, "none", $"sh {KeyFolder}/{ScriptKey}/raw", "maxcpus=1 nokaslr");
    }

    /// <summary>Asks the host what KVM and the scheduler have counted since their start: <c>exits</c>, <c>halt_exits</c>, <c>switches</c>, ...</summary>
    public static IReadOnlyDictionary<string, long> AskCounters(NetworkNamespace network)
    {
        Dictionary<string, long> counters = [];
        foreach (string line in Ask(network, CountersPort).Split('\n'))
        {
            if (line.Split(' ') is [var name, var count] && long.TryParse(count, CultureInfo.InvariantCulture, out long number))
                counters[name] = number;
        }
        return counters;
    }

    /// <summary>Asks the host for the functions of its kernel.</summary>
    public static SymbolTable AskSymbols(NetworkNamespace network) => SymbolTable.Parse(Ask(network, SymbolsPort));

    private static string Ask(NetworkNamespace network, int port)
    {
        using Socket socket = network.Inside(() =>
        {
            Socket opened = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
            try
            {
                opened.ConnectAsync(new IPEndPoint(Address, port)).WaitAsync(s_patience).GetAwaiter().GetResult();
                return opened;
            }
            catch (Exception silence) when (silence is SocketException or TimeoutException)
            {
                opened.Dispose();
                throw new RigException($"The host that carries KVM does not answer: {silence.Message}", silence);
            }
        });
        using StreamReader reader = new(new NetworkStream(socket));
        return reader.ReadToEnd();
    }

    // The virtual machine's directory in debugfs (Documentation/virt/kvm/api.rst, "binary stats", has the names); ctxt in proc(5).
    private static string Script(IReadOnlyList<string> qemu) => $"""
        mount -t debugfs none /sys/kernel/debug
        brctl addbr br0
        brctl addif br0 eth0
        tunctl -t {NetworkNamespace.TapName}
        brctl addif br0 {NetworkNamespace.TapName}
        ip link set {NetworkNamespace.TapName} up
        ip addr add {Address}/{NetworkNamespace.PrefixLength} dev br0
        ip link set br0 up
        cat {KeyFolder}/{ImageKey}/raw > /image.elf
        cat > /counters <<'END'
        #!/bin/sh
        cd /sys/kernel/debug/kvm/*-*/
        for name in *exits* irq_injections halt_wakeup signal_exits; do [ -f $name ] && echo "$name $(cat $name)"; done
        sed -n 's/^ctxt /switches /p' /proc/stat
        END
        chmod 755 /counters
        nc -ll -p {CountersPort} -e /counters &
        nc -ll -p {SymbolsPort} -e cat /proc/kallsyms &
        stty -echo
        {Program} {string.Join(' ', qemu.Where(argument => argument != "-S").Select(argument => $"'{argument}'"))} -serial stdio
        """;
}
