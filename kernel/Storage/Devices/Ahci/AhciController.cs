using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

/// <summary>What the ports of a controller share: its interrupt.</summary>
internal sealed class AhciController(RegisterWindow registers) : IInterruptHandler
{
    /// <summary>Ports that a controller can have.</summary>
    public const int MaxPorts = 32;

    private static readonly Duration s_handoffLimit = Duration.FromSeconds(2);

    private readonly AhciPort[] _ports = new AhciPort[MaxPorts];
    private int _count;

    /// <summary>Takes the controller from the firmware (10.6.3) and puts it in AHCI mode, with interrupts off.</summary>
    public void TakeOver(Platform platform)
    {
        if ((registers.Read32(AhciRegister.CAP2) & AhciRegister.CAP2_BOH) != 0)
        {
            registers.Write32(AhciRegister.BOHC, registers.Read32(AhciRegister.BOHC) | AhciRegister.BOHC_OOS);
            RegisterWait.For32(platform, registers, AhciRegister.BOHC, AhciRegister.BOHC_BOS, 0, s_handoffLimit);
        }

        registers.Write32(AhciRegister.GHC, AhciRegister.GHC_AE);
    }

    /// <summary>Adds a port with a disk.</summary>
    public void Add(AhciPort port) => _ports[_count++] = port;

    /// <summary>Lets the controller interrupt, or has its ports polled where it cannot.</summary>
    public void Start(bool canInterrupt)
    {
        for (int i = 0; i < _count; i++)
        {
            _ports[i].MustPoll = !canInterrupt;
            _ports[i].EnableInterrupts();
        }

        registers.Write32(AhciRegister.IS, uint.MaxValue);
        if (canInterrupt)
            registers.Write32(AhciRegister.GHC, AhciRegister.GHC_AE | AhciRegister.GHC_IE);
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        if (_count == 1)
            return Ask(_ports[0]);
        bool any = false;
        uint ports = registers.Read32(AhciRegister.IS);
        for (int i = 0; i < _count; i++)
            any |= (ports & (1u << _ports[i].Number)) != 0 && Ask(_ports[i]);
        return any;
    }

    private static bool Ask(AhciPort port)
    {
        if (!port.TakeCause())
            return false;
        port.Counters.Count(PathEvent.Interrupt);
        return true;
    }
}
