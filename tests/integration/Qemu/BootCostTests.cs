using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Qemu;

/// <summary>What it takes from a machine's start to its first echo, in instructions, firmware's included: they hardly vary.</summary>
public sealed class BootCostTests
{
    [Fact]
    public void A_microvm_takes_at_most_half_of_what_a_pc_takes_to_its_first_echo()
    {
        string plugin = CounterPlugin.Build(Repository.Find());

        long pc = InstructionsToFirstEcho(plugin, "virtio", "pc");
        long microvm = InstructionsToFirstEcho(plugin, "virtio-mmio", "microvm");

        Assert.InRange(microvm, 1, pc / 2);
    }

    private static long InstructionsToFirstEcho(string plugin, string path, string machine)
    {
        using InstructionCounter counter = new(plugin);
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo", path) with { Type = machine, Extra = counter.Arguments });
        echo.AssertPerfect(echo.Udp(new EchoPlan { Sizes = EchoPlan.Repeat(64, 1) }));
        return counter.Total;
    }
}
