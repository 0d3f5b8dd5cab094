using Guest.Rig.Qemu;

namespace Guest.Rig.Linux;

/// <summary>The disk appliance's source as a program of the Linux guest, past the page cache: what Linux makes of the same requests on the same controllers.</summary>
public static class LinuxDisk
{
    private const string Application = "disk";

    private static readonly string[] s_modules = ["virtio_blk", "ahci", "ata_piix", "sd_mod"];

    // Drivers find their disks on their own time. The program is to read from no terminal, which it would treat as a person's; and not from cat, which
    // busybox builds on sendfile, so that a line waits for those after it.
    private const string Command = """
        until [ -b "$disk" ] || [ "${tries:=0}" -ge 500 ]; do
          for disk in /dev/vda /dev/sda; do [ -b $disk ] && break; done
          usleep 20000; tries=$((tries + 1))
        done
        stty -echo
        while read -r job; do echo "$job"; done | /app/disk disk=direct:$disk ask
        """;

    /// <summary>Makes the guest's file system, or finds it made.</summary>
    public static LinuxGuest Prepare(Repository repository) => LinuxGuest.Prepare(
        repository, LinuxService.Application(repository, Application, "") with { Command = "true", Modules = s_modules });

    /// <summary>Turns a machine for our image into one where Linux takes the same jobs on its console. One of its processors stays parked, as ours
    /// does.</summary>
    /// <param name="linux">What <see cref="Prepare"/> made.</param>
    /// <param name="machine">The machine, with a disk.</param>
    public static QemuMachine On(LinuxGuest linux, QemuMachine machine) => linux.On(machine, "none", Command, "maxcpus=1");
}
