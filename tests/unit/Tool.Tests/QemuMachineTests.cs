using System.Collections.Generic;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Tool.Tests;

public sealed class QemuMachineTests
{
    [Fact]
    public void What_is_asked_for_stands_on_QEMUs_command_line()
    {
        QemuMachine machine = new()
        {
            Kernel = "echo.elf",
            Path = GuestPaths.Parse("rtl8139c+"),
            CommandLine = "log=debug",
            Type = "pc",
            MemoryMiB = 4,
            Processors = 1,
            Network = new QemuNetwork.User(HostPort: 7007, UdpEchoClient.Port),
            Capture = "frames.pcap",
            Disk = "disk.img",
        };

        IReadOnlyList<string> arguments = machine.ToArguments();

        Assert.Equal("pc", After(arguments, "-machine"));
        Assert.Equal("4", After(arguments, "-m"));
        Assert.Equal("1", After(arguments, "-smp"));
        Assert.Equal("net=rtl8139c+ log=debug", After(arguments, "-append"));
        Assert.Equal("user,id=net0", After(arguments, "-netdev"));
        Assert.Contains("rtl8139,netdev=net0,romfile=", arguments);
        Assert.Contains("filter-dump,id=capture0,netdev=net0,file=frames.pcap", arguments);
        Assert.Contains("virtio-blk-pci,drive=disk0,disable-legacy=on", arguments);
    }

    [Fact]
    public void A_machine_without_a_network_has_no_NIC()
    {
        QemuMachine machine = new() { Kernel = "echo.elf", Path = GuestPaths.Parse("virtio") };

        Assert.DoesNotContain(machine.ToArguments(), argument => argument.Contains("net", System.StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ide", "pc", "disk=ide log=debug")]
    [InlineData("ide-pio", "pc", "disk=ide-pio log=debug")]
    [InlineData("ahci", "q35", "disk=ahci log=debug")]
    public void A_disk_controllers_path_brings_its_machine_and_tells_the_kernel(string path, string machine, string commandLine)
    {
        IReadOnlyList<string> arguments =
            new QemuMachine { Kernel = "disk.elf", Path = GuestPaths.Parse(path), CommandLine = "log=debug", Disk = "disk.img" }.ToArguments();

        Assert.Equal(machine, After(arguments, "-machine"));
        Assert.Equal("if=none,id=disk0,format=raw,file=disk.img", After(arguments, "-drive"));
        Assert.Contains("ide-hd,drive=disk0,bus=ide.0", arguments);
        Assert.Equal(commandLine, After(arguments, "-append"));
    }

    [Fact]
    public void KVM_brings_the_hosts_own_processor()
    {
        QemuMachine machine = new() { Kernel = "echo.elf", Path = GuestPaths.Parse("virtio"), Accelerator = Accelerator.Kvm };

        Assert.Equal("host", After(machine.ToArguments(), "-cpu"));
    }

    [Fact]
    public void Every_path_has_a_name_of_its_own_and_is_found_by_it() =>
        Assert.All(GuestPaths.All, path => Assert.Same(path, GuestPaths.Parse(path.Name)));

    [Fact]
    public void An_unknown_path_is_refused_with_the_list_of_those_there_are()
    {
        RigException refusal = Assert.Throws<RigException>(() => GuestPaths.Parse("smoke"));

        Assert.Contains("virtio-mmio", refusal.Message, System.StringComparison.Ordinal);
    }

    private static string After(IReadOnlyList<string> arguments, string name) =>
        arguments.SkipWhile(argument => argument != name).Skip(1).First();
}
