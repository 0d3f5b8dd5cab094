using System.Collections.Generic;

namespace Guest.Pci;

// A function that was unplugged, and whose like comes to the same place: it goes on with the windows that were opened on it, so that plugging
// takes no memory but the first time.
public sealed partial class PciFunction
{
    /// <summary>Where the regions beside this function's are, while a place is looked for.</summary>
    internal List<PciWindow> Taken { get; } = [];

    /// <summary>What the bridge before this function passes on, while a place is looked for.</summary>
    internal List<PciWindow> PassedOn { get; } = [];

    /// <summary>Takes what has come to its address for itself, if that is the same chip with the same regions, and places these where they
    /// were.</summary>
    /// <returns>False if it is another chip, or cannot have the places.</returns>
    internal bool TryReturn(PciFunction? bridge, uint identity)
    {
        if (bridge != Bridge || identity != (VendorId | ((uint)DeviceId << 16)))
            return false;
        // Until it is known to be the same, the bus pays.
        ConfigurationAccess own = _access;
        _access = Root.Access;
        bool isSame = IsAsBefore() && TryTakePlaces();
        _access = own;
        return isSame;
    }

    /// <summary>Gives up what is mapped of it, for good: no chip will be it again, and no driver uses its windows.</summary>
    internal void UnmapRegions()
    {
        for (int i = 0; i < BarCount; i++)
        {
            if (_mappedBars[i] != 0 && _bars[i] is { } bar)
                Platform.UnmapDevice(_mappedBars[i], bar.Length);
            _mappedBars[i] = 0;
        }

        _windows.Clear();
    }

    private bool IsAsBefore()
    {
        uint classRevision = (uint)((BaseClass << 24) | (SubClass << 16) | (ProgrammingInterface << 8) | Revision);
        byte header = Read8(PciRegister.HeaderType);
        if (Read32(PciRegister.ClassRevision) != classRevision || ((header & 0x80) != 0) != IsMultiFunction || ((header & 0x7f) == 1) != IsBridge)
            return false;
        return (header & 0x7f) != 0 || Read32(PciRegister.SubsystemVendorId) == (SubsystemVendorId | ((uint)SubsystemId << 16));
    }

    private bool TryTakePlaces()
    {
        for (int i = 0; i < BarSlots; i++)
        {
            if (_bars[i] is not { } before)
                continue;
            PciBarKind kind = _barKinds[i];
            PciBar now = ReadBar(i);
            bool fits = _barKinds[i] == kind && now with { Address = before.Address } == before;
            _barKinds[i] = kind;
            if (!fits || (now.Address != before.Address && (now.Address != 0 || !PciPlacement.MayHave(this, before, kind))))
                return false;
            if (now.Address != before.Address)
                Place(i, now, before.Address);
        }

        return true;
    }
}
