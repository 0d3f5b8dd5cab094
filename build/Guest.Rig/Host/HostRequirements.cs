using System.Collections.Generic;
using System.Linq;
using Guest.Rig.Paths;

namespace Guest.Rig.Host;

/// <summary>Everything that has to be on a host beside the .NET SDK, which <c>./guest</c> itself looks for.</summary>
public static class HostRequirements
{
    /// <summary>All of it, by who needs it.</summary>
    public static IReadOnlyList<HostRequirement> All { get; } =
    [
        new("lld", "ld.lld", "links the image", RequirementScope.Build),
        new("binutils", "as", "assembles the entry code; symbols", RequirementScope.Build) { Also = ["objcopy", "objdump", "nm", "addr2line"] },
        new("util-linux", "setpriv", "ends machines and builds with whoever started them; one build at a time", RequirementScope.Build) { Also = ["setsid", "flock"] },
        new("coreutils", "timeout", "small tools of scripts", RequirementScope.Build)
        {
            Also = ["cat", "chmod", "df", "dirname", "head", "mkdir", "readlink", "seq", "sort", "touch", "mv"],
        },
        new("grep", "grep", "looks for methods that could not be compiled", RequirementScope.Build),
        new("mawk", "awk", "names methods that could not be compiled", RequirementScope.Build),
        new("findutils", "find", "looks for what is newer than the tool", RequirementScope.Build),
        new("dash", "sh", "runs scripts", RequirementScope.Build),
        new("qemu-system-x86", "qemu-system-x86_64", "runs the image", RequirementScope.Qemu),
        new("iproute2", "ip", "networks of the tests' own", RequirementScope.Test) { Also = ["ss"] },
        new("dnsmasq-base", "dnsmasq", "a real DHCP server for the tests", RequirementScope.Test),
        new("linux-image-amd64", "/boot/vmlinuz-*", "the reference guest; dom0 under Xen", RequirementScope.Test),
        new("busybox-static", "busybox", "the reference guest's programs; dom0's", RequirementScope.Test),
        new("kmod", "modprobe", "the reference guest's and dom0's modules", RequirementScope.Test),
        new("gdb", "gdb", "the test of ./guest run --gdb", RequirementScope.Test),
        new("bsdutils", "script", "the test of Ctrl-C: a terminal", RequirementScope.Test),
        new("libc-bin", "ldd", "finds the libraries of the programs that a Linux guest gets", RequirementScope.Test),
        new("gcc", "gcc", "links what .NET compiles natively: the instruction counter, the reference programs", RequirementScope.Test),
        new("libc6-dev", "/usr/lib/x86_64-linux-gnu/crt1.o", "the same", RequirementScope.Test),
        new("cpio", "cpio", "the reference guest's and dom0's file system", RequirementScope.Test),
        new("dpkg", "dpkg", "unpacks nginx, beside which the web server is measured", RequirementScope.Test),
        new("curl", "curl", "a client of the web server", RequirementScope.Test),
        new("apache2-utils", "ab", "another", RequirementScope.Test),
        new("wrk", "wrk", "another, with many connections", RequirementScope.Test),
        new("netcat-openbsd", "nc", "a client of the echo service", RequirementScope.Test),
        new("diffutils", "cmp", "compares what comes back with what was sent", RequirementScope.Test),
        new("python3-minimal", "python3", "another", RequirementScope.Test),
        new("xen-hypervisor-4.17-amd64", "/boot/xen-4.17-amd64.gz", "Xen", RequirementScope.Xen),
        new("xen-utils-4.17", "/usr/lib/xen-4.17/bin/xl", "Xen's tools", RequirementScope.Xen),
        new("xen-utils-common", "/usr/lib/xen-common/bin/*", "Xen's tools", RequirementScope.Xen) { Also = ["xenalyze"] },
        new("xenstore-utils", "xenstore-read", "Xen's tools", RequirementScope.Xen),
        new("xz-utils", "xz", "unpacks the Linux of the reference guest and of dom0", RequirementScope.Test),
    ];

    /// <summary>AFL++, which brings a compiler along: only for who asks for it with <c>./guest fuzz --afl</c>, and on no list.</summary>
    public static HostRequirement Afl { get; } = new("afl++", "afl-fuzz", "chooses the fuzzer's inputs", RequirementScope.Test);

    /// <summary>What one kind of work needs.</summary>
    public static IEnumerable<HostRequirement> Of(RequirementScope scope) => All.Where(requirement => requirement.Scope == scope);

    /// <summary>What running an image on a hypervisor needs.</summary>
    public static IEnumerable<HostRequirement> ToRunOn(Hypervisor hypervisor) => All
        .Where(requirement => requirement.Scope == RequirementScope.Qemu
            || (hypervisor == Hypervisor.Xen && requirement.Scope is RequirementScope.Xen or RequirementScope.Test));

    /// <summary>The first package missing for running an image on a hypervisor; null if none is.</summary>
    public static string? MissingFor(Hypervisor hypervisor) =>
        ToRunOn(hypervisor).FirstOrDefault(requirement => !requirement.IsMet)?.Package;
}
