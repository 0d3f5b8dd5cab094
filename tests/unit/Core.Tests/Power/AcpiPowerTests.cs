using System;
using System.Buffers.Binary;
using Guest.Core.Power;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests.Power;

/// <summary>What is written to which register of a board, by its firmware's tables.</summary>
[Collection(nameof(Platform))]
public sealed class AcpiPowerTests
{
    private const ulong Events = 0x600;
    private const ulong Control = 0x604;
    private const ulong ControlB = 0x704;
    private const uint ButtonBit = 1 << 8;
    private const uint SleepEnable = 1 << 13;

    private readonly BoardPlatform _board = new();

    public AcpiPowerTests() => Platform.Install(_board);

    [Fact]
    public void A_PC_is_switched_off_by_both_control_registers_each_with_its_type()
    {
        AcpiPower power = Open(Pc(), "08 5f53355f 12 08 02 0a05 0a06 0000");
        _board.Registers[Control] = 0x0003 | (7 << 10);

        power.SwitchOff();

        Assert.Equal([(Control, 0x0003 | (5U << 10) | SleepEnable), (ControlB, (6U << 10) | SleepEnable)], _board.Written);
    }

    [Fact]
    public void Reduced_hardware_is_switched_off_by_its_sleep_register()
    {
        byte[] fadt = new byte[268];
        Put32(fadt, 112, (1 << 20) | (1 << 10));
        PutRegister(fadt, 116, 0xfea0_0202);
        fadt[128] = 0x42;
        PutRegister(fadt, 244, 0xfea0_0200);
        PutRegister(fadt, 256, 0xfea0_0201);
        AcpiPower power = Open(fadt, "08 5f53355f 12 07 04 0a05 000000");

        power.SwitchOff();
        power.Reset();

        Assert.Equal([(0xfea0_0201UL, 0x80U), (0xfea0_0200UL, (5U << 2) | 0x20), (0xfea0_0202UL, 0x42U)], _board.Written);
    }

    [Fact]
    public void The_sleep_type_may_stand_in_a_further_part_of_the_description()
    {
        _board.Place("SSDT", Description("de ad be ef"));
        _board.Place("SSDT", Description("08 5f53355f 12 06 04 01 000000"));
        AcpiPower power = Open(Pc(), "00");

        power.SwitchOff();

        Assert.Equal((Control, (1U << 10) | SleepEnable), _board.Written[0]);
    }

    [Fact]
    public void A_board_that_does_not_say_how_it_is_switched_off_is_left_alone()
    {
        AcpiPower power = Open(Pc(), "08 5f53345f 12 06 04 00000000");

        power.SwitchOff();
        power.Reset();

        Assert.Empty(_board.Written);
    }

    [Fact]
    public void A_press_of_a_PCs_button_is_heard_and_cleared_and_other_events_of_the_line_are_left_to_others()
    {
        AcpiPower power = Open(Pc(), "00");
        _board.Registers[Control] = 1;

        power.ConnectButton();

        Assert.Equal(ButtonBit, _board.Registers[Events + 2] & ButtonBit);
        _board.Registers[Events] = 1;
        Assert.False(_board.Lines[9].OnInterrupt());
        _board.Registers[Events] = ButtonBit | 1;
        _board.Written.Clear();
        Assert.True(_board.Lines[9].OnInterrupt());
        Assert.Equal([(Events, ButtonBit)], _board.Written);
    }

    [Fact]
    public void The_events_are_taken_from_firmware_that_still_has_them_and_a_board_that_never_gives_them_is_not_waited_for()
    {
        AcpiPower power = Open(Pc(), "00");

        power.ConnectButton();

        Assert.Equal((0xb2UL, 0xf1U), _board.Written[0]);
    }

    [Fact]
    public void Without_a_fixed_description_there_is_nothing()
    {
        Assert.Null(AcpiPower.TryOpen(_board, null));
        Assert.Null(AcpiPower.TryOpen(_board, _board.OpenTables()));
    }

    private AcpiPower Open(byte[] fadt, string aml)
    {
        Put32(fadt, 40, (uint)_board.Place("DSDT", Description(aml), listed: false));
        _board.Place("FACP", fadt);
        return AcpiPower.TryOpen(_board, _board.OpenTables())!;
    }

    private static byte[] Description(string aml) => [.. new byte[36], .. AmlScanTests.Bytes(aml)];

    private static byte[] Pc()
    {
        byte[] fadt = new byte[116];
        BinaryPrimitives.WriteUInt16LittleEndian(fadt.AsSpan(46), 9);
        Put32(fadt, 48, 0xb2);
        fadt[52] = 0xf1;
        Put32(fadt, 56, (uint)Events);
        Put32(fadt, 64, (uint)Control);
        Put32(fadt, 68, (uint)ControlB);
        fadt[88] = 4;
        return fadt;
    }

    private static void PutRegister(byte[] table, int offset, ulong address) =>
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(offset + 4), address);

    private static void Put32(byte[] table, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(offset), value);
}
