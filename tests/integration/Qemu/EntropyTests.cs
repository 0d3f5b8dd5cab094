using System;
using System.Linq;

namespace Guest.Integration.Tests.Qemu;

/// <summary>Random numbers of the host's, where the machine has a device for them.</summary>
public sealed class EntropyTests
{
    [Theory]
    [InlineData("q35", "virtio-rng-pci")]
    [InlineData("pc", "virtio-rng-pci,disable-modern=on")]
    [InlineData("microvm", "virtio-rng-device")]
    public void A_source_of_random_numbers_seeds_the_generator(string machine, string device)
    {
        string path = machine == "microvm" ? "virtio-mmio" : "virtio";
        using Appliance echo = Appliance.BootReady(
            Appliance.Machine("echo", path) with { Type = machine, Extra = ["-device", device] });

        Assert.Contains(echo.Guest.Console, line => line.Contains("virtio-rng0: 32 bytes seed the random numbers", StringComparison.Ordinal));
        echo.AssertPerfect(echo.Udp(new() { Sizes = Guest.Rig.Network.EchoPlan.Repeat(64, 10) }));
    }
}
