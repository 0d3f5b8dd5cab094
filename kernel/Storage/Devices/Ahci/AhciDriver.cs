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
        PathCounters shared = new("ahci");
        function.Claim(shared);
        function.Enable(PciCommand.MemorySpace | PciCommand.BusMaster);
        if (function.OpenBar(AbarIndex, 0, MinimumLength) is not { } registers)
        {
            Log.Warn("ahci", $"not used: it has no registers at BAR 5");
            return;
        }

        AhciController controller = new(registers);
        controller.TakeOver(platform);
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
                function.Claim(shared);
                any |= TryAttachPort(function, platform, disks, controller, capabilities, i);
            }
        }

        if (!any)
            return;
        function.Claim(shared);
        controller.Start(PciInterrupts.Connect(function, default, controller) != PciInterruptKind.None);
    }

    private static bool TryAttachPort(
        PciFunction function, Platform platform, DiskSet disks, AhciController controller, uint capabilities, int number)
    {
        ulong port = AhciRegister.Port0 + ((ulong)number * AhciRegister.PortSize);
        if (function.OpenBar(AbarIndex, port, AhciRegister.PortSize) is not { } probing
            || (probing.Read32(AhciRegister.PxSSTS) & AhciRegister.PxSSTS_DET) == 0)
            return false; // nobody there: no memory is spent on it
        PathCounters counters = disks.NewCounters("ahci");
        function.Claim(counters);
        RegisterWindow registers = function.OpenBar(AbarIndex, 0, port + AhciRegister.PortSize)!;
        AhciMemory memory = new();
        AhciLink link = new(platform, function, registers, number, memory);
        if (!link.TryAttach() || !link.TryResetDisk() || link.Read(AhciRegister.PxSIG) != AhciRegister.SignatureDisk)
            return false;
        if (!link.TryRead512(new AhciCommand(AtaCommand.IdentifyDevice, 0, 0, 0, IsWrite: false)))
        {
            Log.Warn(counters.Name, $"not used: it does not say what it is");
            return false;
        }

        if (AtaIdentity.Problem(memory.Scratch.Bytes) is { } problem)
        {
            Log.Warn(counters.Name, $"not used: {problem}");
            return false;
        }

        int slots = (int)((capabilities >> AhciRegister.CAP_NCS_Shift) & 31) + 1;
        bool queued = (capabilities & AhciRegister.CAP_SNCQ) != 0;
        AhciPort disk = new(link, new AtaIdentity(memory.Scratch.Bytes), counters, slots, queued);
        controller.Add(disk);
        disks.Add(disk);
        return true;
    }
}
