using System;
using Guest.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Xen.Rig.Tests;

/// <summary>The text that xl reads (xl.cfg(5)).</summary>
public sealed class DomainConfigurationTests
{
    private static readonly DomainConfiguration s_plain = new() { Name = "echo", Kernel = "/srv/echo.elf" };

    [Fact]
    public void The_plainest_domain_has_no_line_that_says_nothing() =>
        Assert.Equal(
            """
            name = "echo"
            type = "pv"
            kernel = "/srv/echo.elf"
            memory = 64
            vcpus = 1
            on_poweroff = "destroy"
            on_reboot = "restart"
            on_crash = "destroy"

            """, s_plain.ToString());

    [Fact]
    public void A_full_domain_names_its_devices()
    {
        DomainConfiguration full = s_plain with
        {
            Type = DomainType.Pvh,
            Ramdisk = "/srv/echo.cpio",
            CommandLine = "ip=10.0.0.2/24 gateway=10.0.0.1 -- a 'b'",
            MemoryMiB = 1024,
            NativeTsc = true,
            Interfaces = [new VirtualInterface { Bridge = "xenbr0", Mac = "00:16:3e:00:00:01" }, new VirtualInterface()],
            Disks = [new VirtualDisk("/dev/vg0/a", "xvda"), new VirtualDisk("/srv/b.img", "xvdb", ReadOnly: true)],
            OnCrash = OnEnd.Preserve,
        };

        Assert.Equal(
            """
            name = "echo"
            type = "pvh"
            kernel = "/srv/echo.elf"
            ramdisk = "/srv/echo.cpio"
            cmdline = "ip=10.0.0.2/24 gateway=10.0.0.1 -- a 'b'"
            memory = 1024
            vcpus = 1
            tsc_mode = "native"
            vif = [ "mac=00:16:3e:00:00:01,bridge=xenbr0", "" ]
            disk = [ "format=raw,vdev=xvda,access=rw,target=/dev/vg0/a", "format=raw,vdev=xvdb,access=ro,target=/srv/b.img" ]
            on_poweroff = "destroy"
            on_reboot = "restart"
            on_crash = "preserve"

            """, full.ToString());
    }

    [Theory]
    [InlineData("say \"hello\"")]
    [InlineData("a\\b")]
    [InlineData("two\nlines")]
    public void What_xl_could_not_read_back_is_refused(string commandLine)
    {
        RigException refusal = Assert.Throws<RigException>(() => (s_plain with { CommandLine = commandLine }).ToString());

        Assert.Contains(commandLine, refusal.Message, StringComparison.Ordinal);
    }
}
