using System;
using System.Buffers.Binary;
using Guest.Core.Power;

namespace Guest.Core.Tests.Power;

public sealed class FadtTests
{
    private const byte Memory = 0;
    private const byte Ports = 1;

    [Fact]
    public void A_table_of_ACPI_1_names_ports()
    {
        byte[] table = new byte[116];
        Put16(table, 46, 9);
        Put32(table, 40, 0x7fe0000);
        Put32(table, 48, 0xb2);
        table[52] = 0xf1;
        Put32(table, 56, 0x600);
        Put32(table, 64, 0x604);
        Put32(table, 76, 0x608);
        table[88] = 4;
        table[91] = 4;

        Fadt fadt = Fadt.TryRead(table)!.Value;

        Assert.Equal((0x7fe0000UL, (ushort)9, 0xb2U, (byte)0xf1), (fadt.Dsdt, fadt.SciLine, fadt.SmiCommand, fadt.AcpiEnable));
        Assert.Equal(new GenericAddress(Ports, 0x600), fadt.Pm1aEvent);
        Assert.Equal(new GenericAddress(Ports, 0x604), fadt.Pm1aControl);
        Assert.Equal(new GenericAddress(Ports, 0x608), fadt.PmTimer);
        Assert.Equal((0UL, 0UL, false), (fadt.Pm1bControl.Address, fadt.Reset.Address, fadt.HardwareReduced));
    }

    [Fact]
    public void A_wide_address_counts_before_a_narrow_one()
    {
        byte[] table = new byte[244];
        Put32(table, 64, 0x604);
        Put32(table, 40, 0x1000);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(140), 0x1_0000_2000);
        PutRegister(table, 172, Memory, 0xfed0_0004);

        Fadt fadt = Fadt.TryRead(table)!.Value;

        Assert.Equal(0x1_0000_2000UL, fadt.Dsdt);
        Assert.Equal(new GenericAddress(Memory, 0xfed0_0004), fadt.Pm1aControl);
    }

    [Fact]
    public void A_reset_register_counts_only_where_it_is_said_to_be_one()
    {
        byte[] table = new byte[244];
        PutRegister(table, 116, Ports, 0xcf9);
        table[128] = 0x0f;

        Assert.Equal(0UL, Fadt.TryRead(table)!.Value.Reset.Address);

        Put32(table, 112, 1 << 10);
        Assert.Equal(new GenericAddress(Ports, 0xcf9), Fadt.TryRead(table)!.Value.Reset);
        Assert.Equal(0x0f, Fadt.TryRead(table)!.Value.ResetValue);
    }

    [Fact]
    public void Reduced_hardware_has_sleep_registers_and_none_of_the_others()
    {
        byte[] table = new byte[268];
        Put32(table, 112, 1 << 20);
        Put32(table, 56, 0x600);
        Put32(table, 64, 0x604);
        PutRegister(table, 244, Memory, 0xfea0_0200);
        PutRegister(table, 256, Memory, 0xfea0_0201);

        Fadt fadt = Fadt.TryRead(table)!.Value;

        Assert.True(fadt.HardwareReduced);
        Assert.Equal(0xfea0_0200UL, fadt.SleepControl.Address);
        Assert.Equal(0xfea0_0201UL, fadt.SleepStatus.Address);
        Assert.Equal((0UL, 0UL), (fadt.Pm1aEvent.Address, fadt.Pm1aControl.Address));
    }

    [Fact]
    public void A_timer_without_length_is_none()
    {
        byte[] table = new byte[244];
        Put32(table, 76, 0x608);

        Assert.Equal(0UL, Fadt.TryRead(table)!.Value.PmTimer.Address);
    }

    [Fact]
    public void A_table_of_any_length_is_read_or_refused()
    {
        for (int length = 0; length <= 300; length++)
        {
            byte[] table = new byte[length];
            Array.Fill(table, (byte)0xff);
            Assert.Equal(length >= 112, Fadt.TryRead(table) is not null);
        }
    }

    private static void PutRegister(byte[] table, int offset, byte space, ulong address)
    {
        table[offset] = space;
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(offset + 4), address);
    }

    private static void Put16(byte[] table, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(offset), value);

    private static void Put32(byte[] table, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(offset), value);
}
