using System;
using System.Buffers.Binary;

namespace Guest.Core.Power;

/// <summary>What the fixed description table says of the board's power: where its registers are (ACPI 6.5, 5.2.9, FADT).</summary>
/// <remarks>Older tables end earlier; what they do not hold is 0. Of a register that is named twice the wide address counts, where it is set.</remarks>
public readonly struct Fadt
{
    private const int DsdtOffset = 40;
    private const int SciOffset = 46;
    private const int SmiCommandOffset = 48;
    private const int AcpiEnableOffset = 52;
    private const int Pm1aEventOffset = 56;
    private const int Pm1aControlOffset = 64;
    private const int Pm1bControlOffset = 68;
    private const int PmTimerOffset = 76;
    private const int Gpe0Offset = 80;
    private const int Pm1EventLengthOffset = 88;
    private const int Gpe0LengthOffset = 92;
    private const int PmTimerLengthOffset = 91;
    private const int FlagsOffset = 112;
    private const int ResetOffset = 116;
    private const int ResetValueOffset = 128;
    private const int WideDsdtOffset = 140;
    private const int WidePm1aEventOffset = 148;
    private const int WidePm1aControlOffset = 172;
    private const int WidePm1bControlOffset = 184;
    private const int WidePmTimerOffset = 208;
    private const int WideGpe0Offset = 220;
    private const int SleepControlOffset = 244;
    private const int SleepStatusOffset = 256;

    private const uint ResetSupported = 1 << 10;
    private const uint HardwareReducedFlag = 1 << 20;

    private Fadt(ReadOnlySpan<byte> table)
    {
        uint flags = Word(table, FlagsOffset);
        ulong wideDsdt = LongWord(table, WideDsdtOffset);
        Dsdt = wideDsdt != 0 ? wideDsdt : Word(table, DsdtOffset);
        HardwareReduced = (flags & HardwareReducedFlag) != 0;
        Reset = (flags & ResetSupported) != 0 ? Register(table, ResetOffset) : default;
        ResetValue = Byte(table, ResetValueOffset);
        if (HardwareReduced)
        {
            SleepControl = Register(table, SleepControlOffset);
            SleepStatus = Register(table, SleepStatusOffset);
            return;
        }

        SciLine = (ushort)Word(table, SciOffset);
        SmiCommand = Word(table, SmiCommandOffset);
        AcpiEnable = Byte(table, AcpiEnableOffset);
        Pm1aEvent = Register(table, WidePm1aEventOffset, Pm1aEventOffset);
        Pm1EventLength = Byte(table, Pm1EventLengthOffset);
        Gpe0 = Register(table, WideGpe0Offset, Gpe0Offset);
        Gpe0Length = Byte(table, Gpe0LengthOffset);
        Pm1aControl = Register(table, WidePm1aControlOffset, Pm1aControlOffset);
        Pm1bControl = Register(table, WidePm1bControlOffset, Pm1bControlOffset);
        if (Byte(table, PmTimerLengthOffset) != 0)
            PmTimer = Register(table, WidePmTimerOffset, PmTimerOffset);
    }

    /// <summary>The physical address of the DSDT, which holds the board's description in AML.</summary>
    public ulong Dsdt { get; }

    /// <summary>Whether the board has none of the registers that PCs have had since ACPI 1.0 (4.1), but the sleep registers instead.</summary>
    public bool HardwareReduced { get; }

    /// <summary>The register by which the board is reset, and what is written there.</summary>
    public GenericAddress Reset { get; }

    /// <inheritdoc cref="Reset"/>
    public byte ResetValue { get; }

    /// <summary>SLEEP_CONTROL_REG, of a board with reduced hardware.</summary>
    public GenericAddress SleepControl { get; }

    /// <summary>SLEEP_STATUS_REG.</summary>
    public GenericAddress SleepStatus { get; }

    /// <summary>The interrupt line of the board's own events.</summary>
    public ushort SciLine { get; }

    /// <summary>The port to which <see cref="AcpiEnable"/> is written to take the events from the firmware; 0 if that need not be.</summary>
    public uint SmiCommand { get; }

    /// <inheritdoc cref="SmiCommand"/>
    public byte AcpiEnable { get; }

    /// <summary>PM1a_EVT_BLK: status, and in its second half what is enabled.</summary>
    public GenericAddress Pm1aEvent { get; }

    /// <summary>The bytes of <see cref="Pm1aEvent"/>.</summary>
    public byte Pm1EventLength { get; }

    /// <summary>GPE0_BLK: the board's general-purpose events, and in its second half which are enabled.</summary>
    public GenericAddress Gpe0 { get; }

    /// <summary>The bytes of <see cref="Gpe0"/>.</summary>
    public byte Gpe0Length { get; }

    /// <summary>PM1a_CNT_BLK.</summary>
    public GenericAddress Pm1aControl { get; }

    /// <summary>PM1b_CNT_BLK.</summary>
    public GenericAddress Pm1bControl { get; }

    /// <summary>PM_TMR_BLK.</summary>
    public GenericAddress PmTimer { get; }

    /// <summary>Reads the table; null if it is not one.</summary>
    public static Fadt? TryRead(ReadOnlySpan<byte> table) => table.Length < FlagsOffset ? null : new Fadt(table);

    private static byte Byte(ReadOnlySpan<byte> table, int offset) => offset < table.Length ? table[offset] : (byte)0;

    private static uint Word(ReadOnlySpan<byte> table, int offset) =>
        offset + sizeof(uint) <= table.Length ? BinaryPrimitives.ReadUInt32LittleEndian(table[offset..]) : 0;

    private static ulong LongWord(ReadOnlySpan<byte> table, int offset) =>
        offset + sizeof(ulong) <= table.Length ? BinaryPrimitives.ReadUInt64LittleEndian(table[offset..]) : 0;

    private static GenericAddress Register(ReadOnlySpan<byte> table, int offset) =>
        offset + GenericAddress.Size <= table.Length ? GenericAddress.Read(table[offset..]) : default;

    private static GenericAddress Register(ReadOnlySpan<byte> table, int wide, int narrow) =>
        Register(table, wide) is { Address: not 0 } register ? register : GenericAddress.OfPort(Word(table, narrow));
}
