using System;
using System.Globalization;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench;

/// <summary>Finds out what an image needs, apart from traffic: how little memory, how long a boot.</summary>
internal static class ImageProbe
{
    private const int Pings = 50;

    // QEMU's own firmware does not get through with one.
    private static readonly int[] s_memories = [2, 3, 4, 6, 8, 12, 16, 32];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Fills in the facts; those that cannot be found out stay null.</summary>
    public static void Probe(string image, ImageFacts facts)
    {
        facts.ReadyUnderInstructionClock = Try(() => ReadyLine(image));
        foreach (int memory in s_memories)
        {
            if (Try(() => Answers(image, memory)) is null)
                continue;
            facts.MinimumMemoryMiB = memory;
            break;
        }
    }

    private static string ReadyLine(string image)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        // Each instruction takes one nanosecond of the guest's time, and idle time is skipped.
        using QemuGuest guest = QemuGuest.Boot(Machine(image, network) with { Extra = ["-icount", "shift=0,sleep=off"] }, [.. network.Prefix]);
        return guest.WaitForLine("ready", s_patience);
    }

    private static string Answers(string image, int memory)
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using QemuGuest guest = QemuGuest.Boot(Machine(image, network) with { MemoryMiB = memory }, [.. network.Prefix]);
        guest.WaitForLine("ready", s_patience);
        using PingClient client = PingClient.Open(network, network.GuestAddress);
        EchoResult result = client.Run(new EchoPlan { Sizes = EchoPlan.Repeat(56, Pings) });
        return result.Perfect ? memory.ToString(CultureInfo.InvariantCulture) : throw new RigException(result.ToString());
    }

    private static QemuMachine Machine(string image, NetworkNamespace network) => new()
    {
        Kernel = image,
        Path = GuestPaths.All[0],
        Accelerator = Accelerator.Tcg,
        CommandLine = network.StaticAddressOption,
        Network = new QemuNetwork.Tap(NetworkNamespace.TapName),
    };

    private static string? Try(Func<string> probe)
    {
        try
        {
            return probe();
        }
        catch (RigException)
        {
            return null;
        }
    }
}
