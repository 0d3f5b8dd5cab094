using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;
using Xunit;

namespace Guest.Pci.Tests;

public class PcieSlotTests
{
    private const int SlotControl = 0x18;
    private const int SlotStatus = 0x1a;
    private const int Occupied = 0x40;
    private const int Button = 1;

    private readonly FakePlatform _platform = new();
    private readonly FakeFunction _port = new(0x1b36, 0x000c, 0x0604_0000);
    private readonly int _capability;
    private int _told;

    public PcieSlotTests()
    {
        _port.Bytes[PciRegister.HeaderType] = 1;
        _port.Bytes[PciRegister.SecondaryBus] = 1;
        _port.Set16(PciRegister.InterruptLine, 0x010a);
        _capability = _port.AddCapability(PciCapability.Express, 0x20);
        _port.Set16(_capability + 2, 0x0140); // a root port with a slot
        _port.Set32(_capability + 0x14, 0x41); // button, hot plug
    }

    [Fact]
    public void A_slot_is_heard_on_its_ports_line()
    {
        PcieSlot slot = Open()!;

        Assert.Equal(10, Assert.Single(_platform.Lines).Line);
        Assert.Equal(0x29, _port.Get16(_capability + SlotControl) & 0x3f);
        Assert.False(slot.IsOccupied);
        Assert.False(slot.OnInterrupt());
        Assert.Equal(0, _told);
    }

    [Fact]
    public void A_card_that_comes_gets_power()
    {
        PcieSlot slot = Open()!;
        _port.Set16(_capability + SlotControl, 0x0700);
        _port.Set16(_capability + SlotStatus, Occupied | 8);

        Assert.True(slot.OnInterrupt());
        _port.Set16(_capability + SlotStatus, Occupied); // writing events clears them, and nothing else
        slot.SwitchOn();

        Assert.Equal(1, _told);
        Assert.True(slot.IsOccupied);
        Assert.Equal(0x0100, _port.Get16(_capability + SlotControl) & 0x0700);
    }

    [Fact]
    public void The_button_asks_for_the_card_until_its_power_is_off()
    {
        PcieSlot slot = Open()!;
        _port.Set16(_capability + SlotStatus, Occupied | Button);

        slot.OnInterrupt();

        Assert.True(slot.ButtonPressed);
        slot.SwitchOff();
        Assert.False(slot.ButtonPressed);
        Assert.Equal(0x0700, _port.Get16(_capability + SlotControl) & 0x0700);
    }

    [Theory]
    [InlineData(0x0040, 0x41)] // no slot
    [InlineData(0x0140, 0x01)] // no hot plug
    public void A_port_whose_card_stays_is_left_alone(ushort capabilities, uint slotCapabilities)
    {
        _port.Set16(_capability + 2, capabilities);
        _port.Set32(_capability + 0x14, slotCapabilities);

        Assert.Null(Open());
        Assert.Empty(_platform.Lines);
    }

    private PcieSlot? Open()
    {
        PathCounters counters = new("pci");
        FakeConfiguration configuration = new(counters);
        configuration[0, 1, 0] = _port;
        return PcieSlot.TryOpen(PciBus.Enumerate(_platform, configuration, counters).First(), _ => _told++);
    }
}
