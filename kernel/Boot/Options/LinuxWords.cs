using System;

namespace Guest.Boot;

/// <summary>The words that tools write for Linux on every kernel's command line, unasked: Firecracker, libvirt and virt-install, xl, pvgrub,
/// cloud-hypervisor, Kata, distributions' installers, and people out of habit. They mean nothing here and are harmless.</summary>
internal static class LinuxWords
{
    /// <summary>Whole keys, each between spaces. Only what tools append or templates bring; a list of all that Linux knows would hide misspelt
    /// options of ours.</summary>
    private const string Keys =
        " --- console earlyprintk earlycon ignore_loglevel loglevel quiet splash debug nosplash rhgb text single"
        + " root ro rw rootfstype rootflags rootwait rootdelay init rdinit initrd resume nfsroot"
        + " panic reboot oops crashkernel nmi_watchdog nowatchdog nosoftlockup"
        + " pci acpi noapic nolapic nomodule nomodules irqpoll iommu intel_iommu swiotlb"
        + " tsc clocksource notsc no_timer_check lpj nohz noreplace-smp nosmp nosmt maxcpus nr_cpus numa idle"
        + " mitigations nokaslr kaslr nopti selinux enforcing apparmor audit security lsm cgroup_enable cgroup_no_v1 swapaccount elevator"
        + " vga video nomodeset consoleblank hugepages transparent_hugepage"
        + " biosdevname ds method ks BOOT_IMAGE BOOTIF xencons xen_emul_unplug ";

    /// <summary>Beginnings of keys: a module's or a program's own options.</summary>
    private const string Prefixes =
        " i8042. 8250. systemd. rd. random. net. printk. cryptomgr. inst. modprobe. usbcore. libata. fsck. ipv6. cloud-init. agent. nvme_core."
        + " rcupdate. rcutree. scsi_mod. intel_idle. vt. vconsole. ";

    /// <summary>Whether a word's key is one of them.</summary>
    public static bool Contain(ReadOnlySpan<char> key) => !key.IsEmpty && !key.Contains(' ') && (Lists(Keys, key) || BeginsWithOne(key));

    private static bool Lists(ReadOnlySpan<char> list, ReadOnlySpan<char> key)
    {
        for (int at = list.IndexOf(key); at >= 0 && at < list.Length;)
        {
            if (list[at - 1] == ' ' && list[at + key.Length] == ' ')
                return true;
            int next = list[(at + 1)..].IndexOf(key);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static bool BeginsWithOne(ReadOnlySpan<char> key)
    {
        ReadOnlySpan<char> rest = Prefixes.AsSpan(1);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf(' ');
            if (key.StartsWith(rest[..end]))
                return true;
            rest = rest[(end + 1)..];
        }

        return false;
    }
}
