using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

/// <summary>What the ports of a controller share: its interrupt. It stays when the controller is unplugged, for the one that comes to its place.</summary>
internal sealed class AhciController : IInterruptHandler
{
    /// <summary>Ports that a controller can have.</summary>
    public const int MaxPorts = 32;

    private static readonly Duration s_handoffLimit = Duration.FromSeconds(2);

    private readonly AhciPort[] _ports = new AhciPort[MaxPorts];

    /// <summary>Every disk that was behind it, those that went too.</summary>
    private readonly List<AhciPort> _known = [];

    /// <summary>Links that no disk has.</summary>
    private readonly List<AhciLink> _spareLinks = [];
    private RegisterWindow _registers = null!;
    private int _count;

    /// <summary>Who pays for looking.</summary>
    public PathCounters Counters { get; } = new("ahci");

    /// <summary>Takes the controller from the firmware (10.6.3) and puts it in AHCI mode, with interrupts off and no disk yet.</summary>
    public void TakeOver(Platform platform, RegisterWindow registers)
    {
        _registers = registers;
        _count = 0;
        if ((_registers.Read32(AhciRegister.CAP2) & AhciRegister.CAP2_BOH) != 0)
        {
            _registers.Write32(AhciRegister.BOHC, _registers.Read32(AhciRegister.BOHC) | AhciRegister.BOHC_OOS);
            RegisterWait.For32(platform, _registers, AhciRegister.BOHC, AhciRegister.BOHC_BOS, 0, s_handoffLimit);
        }

        _registers.Write32(AhciRegister.GHC, AhciRegister.GHC_AE);
    }

    /// <summary>Adds a port with a disk.</summary>
    public void Add(AhciPort port)
    {
        _ports[_count++] = port;
        if (!_known.Contains(port))
            _known.Add(port);
    }

    /// <summary>The next disk that was behind a port before, starting at <paramref name="index"/>, which is left behind it.</summary>
    public AhciPort? NextKnown(int number, ref int index)
    {
        while (index < _known.Count)
        {
            AhciPort port = _known[index++];
            if (port.Number == number)
                return port;
        }

        return null;
    }

    /// <summary>A link to a port that no disk has, on an account; null if there is none.</summary>
    public AhciLink? TakeSpareLink(int number, PathCounters counters)
    {
        for (int i = 0; i < _spareLinks.Count; i++)
        {
            AhciLink link = _spareLinks[i];
            if (link.Number != number || link.Counters != counters)
                continue;
            _spareLinks.RemoveAt(i);
            return link;
        }

        return null;
    }

    /// <summary>Keeps a link behind which there is no disk that can be used, if its port can be kept from its memory.</summary>
    public void Return(AhciLink link)
    {
        if (link.TryStop())
            _spareLinks.Add(link);
    }

    /// <summary>Lets the controller interrupt, or has its ports polled where it cannot.</summary>
    public void Start(bool canInterrupt)
    {
        for (int i = 0; i < _count; i++)
        {
            _ports[i].MustPoll = !canInterrupt;
            _ports[i].EnableInterrupts();
        }

        _registers.Write32(AhciRegister.IS, uint.MaxValue);
        if (canInterrupt)
            _registers.Write32(AhciRegister.GHC, AhciRegister.GHC_AE | AhciRegister.GHC_IE);
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        if (_count == 1)
            return Ask(_ports[0]);
        bool any = false;
        uint ports = _registers.Read32(AhciRegister.IS);
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
