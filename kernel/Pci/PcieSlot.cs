using System;
using Guest.Core;

namespace Guest.Pci;

/// <summary>A slot behind a PCI Express port whose card can be put in and taken out while the machine runs (PCIe 5.0, 6.7 and 7.5.3.9 to 11).</summary>
/// <remarks>It is the handler of its port's interrupt line.</remarks>
public sealed class PcieSlot : IInterruptHandler
{
    private const int Capabilities = 0x02;
    private const int SlotCapabilities = 0x14;
    private const int SlotControl = 0x18;
    private const int SlotStatus = 0x1a;

    private const int HasSlot = 1 << 8;
    private const int HotPlugCapable = 1 << 6;

    // Slot Control.
    private const int AttentionButtonEnable = 1 << 0;
    private const int PresenceChangeEnable = 1 << 3;
    private const int HotPlugInterruptEnable = 1 << 5;
    private const int PowerIndicator = 3 << 8;
    private const int PowerIndicatorOn = 1 << 8;
    private const int PowerIndicatorOff = 3 << 8;
    private const int PowerOff = 1 << 10;

    // Slot Status; its events are cleared by writing them.
    private const int AttentionButtonPressed = 1 << 0;
    private const int PresenceDetected = 1 << 6;
    private const int Events = 0x11f;

    private readonly int _capability;
    private readonly Action<PcieSlot> _changed;

    private PcieSlot(PciFunction port, int capability, Action<PcieSlot> changed)
    {
        Port = port;
        _capability = capability;
        _changed = changed;
    }

    /// <summary>The port before it.</summary>
    public PciFunction Port { get; }

    /// <summary>Whether somebody asked, by the button, that the card be taken out; until <see cref="SwitchOff"/> or <see cref="SwitchOn"/>.</summary>
    public bool ButtonPressed { get; private set; }

    /// <summary>Whether a card is in it.</summary>
    public bool IsOccupied => (Port.Read16(_capability + SlotStatus) & PresenceDetected) != 0;

    /// <summary>Hears what happens at the slot of a port from now on.</summary>
    /// <param name="port">Any bridge.</param>
    /// <param name="changed">Told within an interrupt.</param>
    /// <returns>Null if the port has no slot whose card may come and go, or no interrupt.</returns>
    public static PcieSlot? TryOpen(PciFunction port, Action<PcieSlot> changed)
    {
        int capability = port.FindCapability(PciCapability.Express);
        if (capability == 0 || (port.Read16(capability + Capabilities) & HasSlot) == 0
            || (port.Read32(capability + SlotCapabilities) & HotPlugCapable) == 0)
            return null;
        PcieSlot slot = new(port, capability, changed);
        // The line is shared with other ports: there are more slots than vectors.
        if (PciInterrupts.Connect(port, [], slot, allowMsi: false) == PciInterruptKind.None)
            return null;
        slot.Control(clear: 0, set: AttentionButtonEnable | PresenceChangeEnable | HotPlugInterruptEnable);
        return slot;
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        int events = Port.Read16(_capability + SlotStatus) & Events;
        if (events == 0)
            return false;
        Port.Write16(_capability + SlotStatus, (ushort)events);
        ButtonPressed |= (events & AttentionButtonPressed) != 0;
        _changed(this);
        return true;
    }

    /// <summary>Gives the card power.</summary>
    public void SwitchOn()
    {
        ButtonPressed = false;
        Control(clear: PowerIndicator | PowerOff, set: PowerIndicatorOn);
    }

    /// <summary>Takes the card's power away: it may be taken out.</summary>
    public void SwitchOff()
    {
        ButtonPressed = false;
        Control(clear: PowerIndicator, set: PowerIndicatorOff | PowerOff);
    }

    private void Control(int clear, int set) =>
        Port.Write16(_capability + SlotControl, (ushort)((Port.Read16(_capability + SlotControl) & ~clear) | set));
}
