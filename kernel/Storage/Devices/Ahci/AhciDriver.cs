using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Storage.Devices;

/// <summary>AHCI controllers (AHCI 1.3.1) with SATA disks; what else is on their ports (CD-ROM drives, port multipliers) is left alone.</summary>
public sealed class AhciDriver : PciBlockDriver
{
    private const int AbarIndex = 5;
    private const ulong MinimumLength = AhciRegister.Port0;
    private const byte AhciInterface = 1;

    /// <inheritdoc/>
    public override string Name => "ahci";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) =>
        function.BaseClass == 1 && function.SubClass == 6 && function.ProgrammingInterface == AhciInterface;

    /// <inheritdoc/>
    public override void Attach(PciFunction function, Platform platform, DiskSet disks)
    {
        AhciController controller = (AhciController)(function.DriverState ??= new AhciController());
        function.Claim(controller.Counters);
        function.Enable(PciCommand.MemorySpace | PciCommand.BusMaster);
        if (function.OpenBar(AbarIndex, 0, MinimumLength) is not { } registers)
        {
            Log.Warn("ahci", $"not used: it has no registers at BAR 5");
            return;
        }

        controller.TakeOver(platform, registers);
        uint capabilities = registers.Read32(AhciRegister.CAP);
        if ((capabilities & AhciRegister.CAP_S64A) == 0)
        {
            Log.Warn("ahci", $"not used: the controller reaches 4 GiB of memory only");
            return;
        }

        uint implemented = registers.Read32(AhciRegister.PI);
        bool any = false;
        for (int i = 0; i < AhciController.MaxPorts; i++)
        {
            if ((implemented & (1u << i)) != 0)
            {
                function.Claim(controller.Counters);
                any |= TryAttachPort(function, platform, disks, controller, capabilities, i);
            }
        }

        if (!any)
            return;
        function.Claim(controller.Counters);
        controller.Start(PciInterrupts.Connect(function, default, controller) != PciInterruptKind.None);
    }

    private static bool TryAttachPort(
        PciFunction function, Platform platform, DiskSet disks, AhciController controller, uint capabilities, int number)
    {
        ulong port = AhciRegister.Port0 + ((ulong)number * AhciRegister.PortSize);
        if (function.OpenBar(AbarIndex, port, AhciRegister.PortSize) is not { } probing
            || (probing.Read32(AhciRegister.PxSSTS) & AhciRegister.PxSSTS_DET) == 0)
            return false; // nobody there: no memory is spent on it
        int slots = (int)((capabilities >> AhciRegister.CAP_NCS_Shift) & 31) + 1;
        bool queued = (capabilities & AhciRegister.CAP_SNCQ) != 0;
        if (TryReturn(function, disks, controller, number, slots, queued))
            return true;
        PathCounters counters = disks.NewCounters("ahci");
        function.Claim(counters);
        AhciLink link = controller.TakeSpareLink(number, counters)
            ?? new(platform, function, function.OpenBar(AbarIndex, 0, port + AhciRegister.PortSize)!, number, new AhciMemory(), counters);
        if (!link.TryIdentify(out string? problem))
        {
            if (problem is not null)
                Log.Warn(counters.Name, $"not used: {problem}");
            controller.Return(link);
            return false;
        }

        AhciPort disk = new(link, new AtaIdentity(link.Memory.Scratch.Bytes), counters, slots, queued);
        controller.Add(disk);
        disks.Add(disk);
        return true;
    }

    /// <summary>Takes the disk behind a port as one that was there before, if it can go on as that under the same name.</summary>
    private static bool TryReturn(PciFunction function, DiskSet disks, AhciController controller, int number, int slots, bool queued)
    {
        int next = 0;
        while (controller.NextKnown(number, ref next) is { } known)
        {
            if (disks.HasName(known.Name))
                continue;
            function.Claim(known.Counters);
            if (!known.TryReturn(slots, queued))
                continue;
            controller.Add(known);
            disks.Add(known);
            return true;
        }

        return false;
    }
}
