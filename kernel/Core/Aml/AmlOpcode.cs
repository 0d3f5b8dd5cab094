namespace Guest.Core.Aml;

/// <summary>The opcodes that make objects, and those that hold them (ACPI 6.5, 20.3).</summary>
internal static class AmlOpcode
{
    public const byte Alias = 0x06;
    public const byte Name = 0x08;
    public const byte Scope = 0x10;
    public const byte Buffer = 0x11;
    public const byte Package = 0x12;
    public const byte VariablePackage = 0x13;
    public const byte Method = 0x14;
    public const byte External = 0x15;
    public const byte Extended = 0x5b;
    public const byte CreateDWordField = 0x8a;
    public const byte CreateWordField = 0x8b;
    public const byte CreateByteField = 0x8c;
    public const byte CreateBitField = 0x8d;
    public const byte CreateQWordField = 0x8f;
    public const byte If = 0xa0;
    public const byte Else = 0xa1;
    public const byte While = 0xa2;
    public const byte NoOperation = 0xa3;
    public const byte Return = 0xa4;

    // Behind Extended.
    public const byte Mutex = 0x01;
    public const byte Event = 0x02;
    public const byte Revision = 0x30;
    public const byte OperationRegion = 0x80;
    public const byte Field = 0x81;
    public const byte Device = 0x82;
    public const byte Processor = 0x83;
    public const byte PowerResource = 0x84;
    public const byte ThermalZone = 0x85;
    public const byte IndexField = 0x86;
    public const byte BankField = 0x87;
}
