using System;
using System.Collections.Generic;
using System.IO;
using Guest.Rig.Qemu;

namespace Guest.Xen.Rig.Machine;

/// <summary>The machine that carries Xen and dom0. A snapshot fits only the machine that it was taken of, so there is one, and
/// what may vary is plugged in after the restore.</summary>
internal static class Dom0Machine
{
    /// <summary>How many virtio-serial ports lead to agents in dom0: so many requests may run at once.</summary>
    public const int AgentPorts = 12;

    /// <summary>The id of the network interface's back end.</summary>
    public const string NetworkId = "net0";

    private const int MemoryMiB = 2048;
    private const int Dom0MemoryMiB = 384;

    /// <summary>Settings without which Xen or its guests fail under this QEMU.</summary>
    /// <remarks><c>-smap</c>: QEMU faults on an IRETQ to a CPL 3 kernel while SMAP is on, and every PV kernel runs at CPL 3.
    /// <c>eager-fpu</c>: with lazy FPU switching, processes crash at random when domains alternate.</remarks>
    public static IReadOnlyList<string> Processor { get; } = ["-accel", "tcg", "-cpu", "max,-smap"];

    /// <summary>What Xen is told whatever it boots. It uses one processor.</summary>
    public const string XenOptions =
        "console=com1 com1=115200,8n1 noreboot=1 loglvl=warning guest_loglvl=info spec-ctrl=eager-fpu maxcpus=1 bootscrub=0";

    // Guards against speculation only cost instructions where nothing speculates: a sixth of what dom0 does for a packet.
    private const string LinuxOptions = "console=hvc0 quiet loglevel=4 panic=0 mitigations=off";

    private static readonly string s_xenOptions = $"{XenOptions} dom0_mem={Dom0MemoryMiB}M,max:{Dom0MemoryMiB}M";

    /// <summary>What makes one snapshot's machine different from another's.</summary>
    public static string Identity => string.Join(' ', Arguments("", "", null, restore: false));

    /// <summary>The socket of an agent's port.</summary>
    public static string AgentSocket(string folder, int port) => Path.Combine(folder, $"agent.{port}");

    /// <summary>QEMU's arguments.</summary>
    /// <param name="folder">The snapshot's folder, with Xen, Linux, dom0's file system and the memory file.</param>
    /// <param name="sockets">Where the agents' sockets are.</param>
    /// <param name="network">What dom0's network interface is connected to; null: to nothing.</param>
    /// <param name="restore">Whether a snapshot is to be restored, its memory copied on write.</param>
    public static IEnumerable<string> Arguments(string folder, string sockets, QemuNetwork? network, bool restore)
    {
        // The second processor is for QEMU, not for Xen: with one, QEMU before 8.1 leaves memory barriers out of what it
        // translates, and virtio devices lose wake-ups under load.
        List<string> arguments =
        [
            .. Processor, "-smp", "2", "-m", $"{MemoryMiB}", "-machine", "pc,memory-backend=ram",
            "-object", $"memory-backend-file,id=ram,size={MemoryMiB}M,mem-path={QemuOption.Escape(folder)}/ram,share={(restore ? "off" : "on")}",
            "-nodefaults", "-vga", "none", "-display", "none",
            "-kernel", $"{folder}/xen", "-append", s_xenOptions,
            "-initrd", $"{QemuOption.Escape(folder)}/vmlinux {LinuxOptions},{QemuOption.Escape(folder)}/dom0.cpio",
            "-device", $"virtio-serial-pci,id=serial,max_ports={AgentPorts + 1}",
        ];
        for (int port = 0; port < AgentPorts; port++)
        {
            arguments.AddRange(
            [
                "-chardev", $"socket,id=agent{port},path={QemuOption.Escape(AgentSocket(sockets, port))},server=on,wait=off",
                "-device", $"virtserialport,bus=serial.0,nr={port + 1},chardev=agent{port},name=agent.{port}",
            ]);
        }
        // No offloads: what the features are must not depend on what is behind the device, and a frame that leaves dom0 towards a
        // guest must carry a checksum that somebody computed.
        string peer = "";
        if (network is not null)
        {
            peer = $",netdev={NetworkId}";
            string headers = network is QemuNetwork.Tap ? ",vnet_hdr=off" : "";
            arguments.AddRange(["-netdev", network.ToNetdev(NetworkId) + headers]);
        }
        arguments.AddRange(
        [
            "-device", "virtio-net-pci,id=nic,mac=52:54:00:00:00:01,romfile=,csum=off,gso=off,"
                + "host_tso4=off,host_tso6=off,host_ecn=off,host_ufo=off,"
                + $"guest_csum=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off{peer}",
        ]);
        if (restore)
            arguments.AddRange(["-incoming", "defer"]);
        return arguments;
    }
}
