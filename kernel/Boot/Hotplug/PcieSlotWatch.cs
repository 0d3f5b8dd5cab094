using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Pci;

namespace Guest.Boot.Hotplug;

/// <summary>Looks after the slot of one PCI Express port.</summary>
internal sealed class PcieSlotWatch
{
    private readonly PciHotplug _hotplug;
    private readonly DeferredWork _look;
    private PcieSlot? _slot;

    private PcieSlotWatch(PciHotplug hotplug)
    {
        _hotplug = hotplug;
        _look = new DeferredWork(Look);
    }

    /// <summary>Begins, if the bridge is a port with a slot whose card may come and go.</summary>
    public static void Start(PciFunction bridge, PciHotplug hotplug)
    {
        PcieSlotWatch watch = new(hotplug);
        watch._slot = PcieSlot.TryOpen(bridge, _ => Processor.Current.RunLoop.Defer(watch._look));
    }

    private void Look()
    {
        PcieSlot slot = _slot!;
        List<PciFunction> card = slot.Port.Root.FindDevice(slot.Port.SecondaryBus, 0);
        bool isThere = slot.IsOccupied;
        if (card.Count != 0 && (slot.ButtonPressed || !isThere))
        {
            _hotplug.Leave(card);
            slot.SwitchOff();
        }
        else if (card.Count == 0 && isThere)
        {
            slot.SwitchOn();
            _hotplug.TakeNew(slot.Port.Root, slot.Port);
        }
    }
}
