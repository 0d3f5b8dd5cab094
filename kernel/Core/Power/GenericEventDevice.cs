using System;

namespace Guest.Core.Power;

/// <summary>The device by which a board with reduced hardware tells its events (ACPI 6.5, 5.6.9, ACPI0013), as far as its description says in plain
/// bytes where its register is and which bit of it the power button is.</summary>
/// <remarks>A board's own method reads that register and notifies the button. Here the shape is looked for that QEMU and others give it: an
/// operation region of memory in the device, and a test of a bit before the notification.</remarks>
/// <param name="Register">The physical address of the register that says what happened, and forgets it when it is read.</param>
/// <param name="RegisterBytes">Its width.</param>
/// <param name="Line">The interrupt line.</param>
/// <param name="ButtonBits">The bits that mean the power button.</param>
public readonly record struct GenericEventDevice(ulong Register, int RegisterBytes, int Line, uint ButtonBits)
{
    private const byte ExtendedPrefix = 0x5b;
    private const byte RegionOp = 0x80;
    private const byte SystemMemory = 0;
    private const byte ExtendedInterrupt = 0x89;
    private const int InterruptNumber = 5;
    private const byte NotifyOp = 0x86;
    private const byte AndOp = 0x7b;
    private const byte Local0 = 0x60;
    private const byte Local7 = 0x67;
    private const int NameLength = 4;
    private const int LargestDevice = 1024;
    private const int LargestCondition = 24;
    private const int LargestLine = 255;

    /// <summary>Finds the device in the DSDT; null if it has none, or none of the usual shape.</summary>
    public static GenericEventDevice? TryFind(ReadOnlySpan<byte> aml)
    {
        int at = aml.IndexOf("ACPI0013"u8);
        if (at < 0)
            return null;
        ReadOnlySpan<byte> device = aml.Slice(at, Math.Min(LargestDevice, aml.Length - at));
        return TryFindLine(device, out int line)
            && TryFindRegister(device, out ulong register, out int bytes)
            && TryFindButton(device, out uint bits)
                ? new GenericEventDevice(register, bytes, line, bits)
                : null;
    }

    /// <summary>The first interrupt descriptor among its resources (6.4.3.6).</summary>
    private static bool TryFindLine(ReadOnlySpan<byte> device, out int line)
    {
        for (int i = 0; i + InterruptNumber + sizeof(uint) <= device.Length; i++)
        {
            // Its length is 6 for one interrupt, and its flags use four bits; the interrupt count is one byte before the number.
            if (device[i] != ExtendedInterrupt || device[i + 1] != 6 || device[i + 2] != 0 || device[i + 4] != 1)
                continue;
            line = device[i + InterruptNumber];
            return device[i + InterruptNumber + 1] == 0 && line < LargestLine;
        }

        line = 0;
        return false;
    }

    /// <summary>OperationRegion (NAME, SystemMemory, address, length).</summary>
    private static bool TryFindRegister(ReadOnlySpan<byte> device, out ulong register, out int bytes)
    {
        const int head = 2 + NameLength + 1;
        for (int i = 0; i + head < device.Length; i++)
        {
            if (device[i] != ExtendedPrefix || device[i + 1] != RegionOp || device[i + head - 1] != SystemMemory)
                continue;
            ReadOnlySpan<byte> rest = device[(i + head)..];
            if (!AmlScan.TryTakeInteger(ref rest, out register) || !AmlScan.TryTakeInteger(ref rest, out ulong length) || register == 0)
                continue;
            bytes = length >= sizeof(uint) ? sizeof(uint) : 1;
            return length != 0;
        }

        register = 0;
        bytes = 0;
        return false;
    }

    /// <summary>Notify (PWRB, ...) or the like, and before it And (LocalX, bits).</summary>
    private static bool TryFindButton(ReadOnlySpan<byte> device, out uint bits)
    {
        bits = 0;
        int button = device.IndexOf("PWRB"u8);
        int notify = button;
        while (notify >= 0 && button - notify <= LargestCondition && device[notify] != NotifyOp)
            notify--;
        if (notify < 0 || device[notify] != NotifyOp)
            return false;
        for (int i = notify - 2; i >= 0 && notify - i <= LargestCondition; i--)
        {
            if (device[i] != AndOp || device[i + 1] is < Local0 or > Local7)
                continue;
            ReadOnlySpan<byte> rest = device[(i + 2)..];
            if (AmlScan.TryTakeInteger(ref rest, out ulong value) && value is > 0 and <= uint.MaxValue)
            {
                bits = (uint)value;
                return true;
            }
        }

        return false;
    }
}
