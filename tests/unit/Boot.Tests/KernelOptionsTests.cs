using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Virtio;

namespace Guest.Boot.Tests;

public sealed class KernelOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    public void Without_a_word_everything_is_as_usual(string line)
    {
        KernelOptions options = KernelOptions.Parse(line);

        Assert.Null(options.Error);
        Assert.Equal(("auto", "auto", "dhcp"), (options.Network, options.Disk, options.Address));
        Assert.Null(options.DiskTimeout);
        Assert.Empty(options.ApplicationArguments);
    }

    [Fact]
    public void Every_key_is_taken_and_what_follows_two_dashes_is_the_applications()
    {
        KernelOptions options = KernelOptions.Parse(
            " ip=10.0.0.2/24\tgateway=10.0.0.1 dns=10.0.0.3 net=e1000 disk=ahci log=debug tcp=trace test=extra-access -- read -- net=x");

        Assert.Null(options.Error);
        Assert.Equal(("10.0.0.2/24", "10.0.0.1", "10.0.0.3"), (options.Address, options.Gateway, options.NameServer));
        Assert.Equal(("e1000", "ahci", LogLevel.Debug, true), (options.Network, options.Disk, options.LogLevel, options.ExtraAccess));
        Assert.True(options.TracesTcp);
        Assert.Equal(["read", "--", "net=x"], options.ApplicationArguments);
    }

    [Theory]
    [InlineData("1", 1_000)]
    [InlineData("3600", 3_600_000)]
    [InlineData("1ms", 1)]
    [InlineData("500ms", 500)]
    [InlineData("3600000ms", 3_600_000)]
    public void A_disks_time_is_in_seconds_or_milliseconds(string value, int milliseconds)
    {
        Assert.Equal(Duration.FromMilliseconds(milliseconds), KernelOptions.Parse($"disk-timeout={value}").DiskTimeout);
    }

    [Theory]
    [InlineData("colour=blue", "'colour='")]
    [InlineData("net", "'net'")]
    [InlineData("net=", "'net='")]
    [InlineData("=1", "'=1'")]
    [InlineData("log=loud", "log=loud")]
    [InlineData("test=nothing", "test=nothing")]
    [InlineData("disk-timeout=0", "disk-timeout=0")]
    [InlineData("disk-timeout=-1", "disk-timeout=-1")]
    [InlineData("disk-timeout=3601", "disk-timeout=3601")]
    [InlineData("disk-timeout=3600001ms", "disk-timeout=3600001ms")]
    [InlineData("disk-timeout=ms", "disk-timeout=ms")]
    [InlineData("disk-timeout=1m", "disk-timeout=1m")]
    [InlineData("virtio_mmio.device=512", "virtio_mmio.device=512")]
    public void What_means_nothing_is_named(string line, string named)
    {
        Assert.Contains(named, KernelOptions.Parse($"ip=dhcp {line} net=e1000").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("console=hvc0 root=/dev/vda1 rw")]
    [InlineData("reboot=k panic=1 pci=off nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd")]
    [InlineData("BOOT_IMAGE=/boot/vmlinuz root=UUID=0b1c ro quiet splash console=ttyS0,115200n8 console=tty0 earlyprintk=xen")]
    [InlineData("tsc=reliable no_timer_check rcupdate.rcu_expedited=1 noreplace-smp cryptomgr.notests net.ifnames=0 pci=lastbus=0 agent.log=debug")]
    [InlineData("BOOT_IMAGE=/vmlinuz ro rhgb quiet crashkernel=auto elevator=noop security=selinux cgroup_enable=memory swapaccount=1 vt.handoff=7")]
    [InlineData("--- quiet console=ttyS0")]
    [InlineData("root= init=/sbin/init systemd.unit=rescue.target net.ifnames=0 random.trust_cpu=on")]
    public void What_tools_write_for_Linux_is_passed_over_and_kept_for_a_line_each(string line)
    {
        KernelOptions options = KernelOptions.Parse($"{line} net=e1000 {line} -- {line}");

        Assert.Null(options.Error);
        Assert.Equal("e1000", options.Network);
        string[] words = line.Split(' ');
        Assert.Equal([.. words, .. words], options.PassedOver.ToArray());
        Assert.Equal(words, options.ApplicationArguments);
    }

    /// <summary>As in a template of a loader: root="LABEL=a b", dyndbg="file x.c +p".</summary>
    [Theory]
    [InlineData("root=\"a b\"")]
    [InlineData("root=\"a  b=c\td\"")]
    [InlineData("\"root=a b\"")]
    [InlineData("root=\"\"")]
    [InlineData("root=a\" b\"c")]
    [InlineData("quiet=\"not closed")]
    public void A_quoted_word_is_one_word(string word)
    {
        KernelOptions options = KernelOptions.Parse($"net=e1000 {word}");

        Assert.Null(options.Error);
        Assert.Equal("e1000", options.Network);
        Assert.Equal([word], options.PassedOver.ToArray());
    }

    [Theory]
    [InlineData("ip=\"10.0.0.2/24\" gateway=\"10.0.0.1\"")]
    [InlineData("\"ip=10.0.0.2/24\" \"gateway=10.0.0.1\"")]
    public void The_quotation_marks_are_not_the_options(string line)
    {
        KernelOptions options = KernelOptions.Parse(line);

        Assert.Null(options.Error);
        Assert.Equal(("10.0.0.2/24", "10.0.0.1"), (options.Address, options.Gateway));
    }

    [Theory]
    [InlineData("colour=\"light blue\"", "'colour='")]
    [InlineData("\"quiet splash\"", "'\"quiet splash\"'")]
    [InlineData("net=\"\"", "'net=\"\"'")]
    [InlineData("\"", "'\"'")]
    public void A_quoted_word_that_means_nothing_is_named(string line, string named) =>
        Assert.Contains(named, KernelOptions.Parse($"ip=dhcp {line}").Error, StringComparison.Ordinal);

    [Fact]
    public void The_application_gets_its_quoted_words_whole_and_without_the_marks()
    {
        KernelOptions options = KernelOptions.Parse("log=warn -- \"a b\" key=\"c d\" \"key=e f\" g\"h i\"j \"\" -- \"k l");

        Assert.Equal(["a b", "key=c d", "key=e f", "g\"h i\"j", "", "--", "k l"], options.ApplicationArguments);
    }

    [Theory]
    [InlineData("consol=hvc0")]
    [InlineData("consoles=hvc0")]
    [InlineData("onsole=hvc0")]
    [InlineData("r=1")]
    [InlineData("i8042=1")]
    [InlineData("rdx.break=1")]
    [InlineData("Quiet")]
    public void A_word_that_is_only_like_one_of_Linuxs_is_refused(string word) =>
        Assert.NotNull(KernelOptions.Parse(word).Error);

    [Theory]
    [InlineData("10.0.0.2::10.0.0.1:255.255.255.0:host:eth0:off", "10.0.0.2/24", "10.0.0.1", null)]
    [InlineData("10.0.0.2::10.0.0.1:255.255.255.0::eth0:none:10.0.0.3:10.0.0.4:10.0.0.5", "10.0.0.2/24", "10.0.0.1", "10.0.0.3")]
    [InlineData("172.16.0.2::172.16.0.1:255.255.255.252::eth0:off", "172.16.0.2/30", "172.16.0.1", null)]
    [InlineData("10.0.0.2:10.0.0.9::255.255.0.0:", "10.0.0.2/16", null, null)]
    [InlineData("10.0.0.2:::24", "10.0.0.2/24", null, null)]
    [InlineData("10.0.0.2:::255.255.255.255", "10.0.0.2/32", null, null)]
    [InlineData("10.0.0.2::0.0.0.0::::off", "10.0.0.2/8", null, null)]
    [InlineData("172.16.0.2:", "172.16.0.2/16", null, null)]
    [InlineData("192.168.0.2:", "192.168.0.2/24", null, null)]
    [InlineData("::::host:eth0:dhcp", "dhcp", null, null)]
    [InlineData("10.0.0.2::10.0.0.1:255.255.255.0::eth0:dhcp", "dhcp", null, null)]
    [InlineData(":::::eth0:", "dhcp", null, null)]
    [InlineData("dhcp", "dhcp", null, null)]
    [InlineData("on", "dhcp", null, null)]
    [InlineData("any", "dhcp", null, null)]
    [InlineData("10.0.0.2/24", "10.0.0.2/24", null, null)]
    public void An_address_in_Linuxs_form_is_understood(string value, string address, string? gateway, string? nameServer)
    {
        KernelOptions options = KernelOptions.Parse($"ip={value}");

        Assert.Null(options.Error);
        Assert.Equal((address, gateway, nameServer, "auto"), (options.Address, options.Gateway, options.NameServer, options.Network));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("none")]
    [InlineData("::::::off")]
    [InlineData("0.0.0.0::::::none")]
    public void No_address_and_nobody_to_ask_mean_no_network(string value)
    {
        KernelOptions options = KernelOptions.Parse($"ip={value}");

        Assert.Null(options.Error);
        Assert.Equal(KernelOptions.NoNetwork, options.Network);
    }

    [Theory]
    [InlineData("10.0.0.2::10.0.0.1:255.0.255.0::eth0:off")]
    [InlineData("10.0.0.2::10.0.0.1:33::eth0:off")]
    [InlineData("10.0.0.2::10.0.0.1:255.255.255.0::eth0:perhaps")]
    [InlineData("10.0.0.256::10.0.0.1:255.255.255.0::eth0:off")]
    [InlineData("fe80::1")]
    [InlineData("[fe80::1]::[fe80::2]:64::eth0:off")]
    public void An_address_that_only_looks_like_that_is_named(string value) =>
        Assert.Contains($"ip={value}", KernelOptions.Parse($"ip={value}").Error, StringComparison.Ordinal);

    // QEMU appends them to whatever a microvm's command line is.
    [Fact]
    public void Where_virtio_devices_are_is_read_among_the_applications_words_too()
    {
        KernelOptions options = KernelOptions.Parse("log=warn -- read virtio_mmio.device=512@0xfeb00e00:12");

        Assert.Null(options.Error);
        Assert.Equal(["read"], options.ApplicationArguments);
        Assert.True(VirtioMmioSlot.TryParse("512@0xfeb00e00:12", out VirtioMmioSlot slot));
        Assert.Equal([slot], options.MmioSlots.ToArray());
    }

    [Fact]
    public void A_line_of_more_words_than_there_is_room_for_is_refused_and_one_that_just_fits_is_not()
    {
        string fits = string.Join(' ', Enumerable.Repeat("net=e1000", 64));

        Assert.Null(KernelOptions.Parse(fits).Error);
        Assert.Contains("64", KernelOptions.Parse(fits + " disk=ahci").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_virtio_devices_than_there_is_room_for_are_refused()
    {
        string fits = string.Join(' ', Enumerable.Repeat("virtio_mmio.device=512@0xfeb00e00:12", 32));

        Assert.Null(KernelOptions.Parse(fits).Error);
        Assert.Contains("32", KernelOptions.Parse(fits + " virtio_mmio.device=512@0xfeb00e00:12").Error, StringComparison.Ordinal);
    }
}
