using System;
using System.Buffers.Binary;

namespace Guest.Core.Power;

/// <summary>Finds the few things that the kernel wants to know in a board's description in AML (ACPI 6.5, 20.2), by the bytes that a compiler makes
/// of them. There is no interpreter: what a board computes is not found.</summary>
public static class AmlScan
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0a;
    private const byte WordPrefix = 0x0b;
    private const byte DoubleWordPrefix = 0x0c;
    private const byte LongWordPrefix = 0x0e;
    private const byte PackageOp = 0x12;
    private const byte RootCharacter = (byte)'\\';
    private const byte OnesOp = 0xff;
    private const int NameLength = 4;
    private const ulong SleepTypes = 7;

    /// <summary>Finds what must be written to the sleep registers to switch the board off (7.4.2, <c>\_S5</c>).</summary>
    /// <param name="aml">The DSDT or an SSDT.</param>
    /// <param name="a">SLP_TYP for PM1a_CNT and for SLEEP_CONTROL_REG.</param>
    /// <param name="b">SLP_TYP for PM1b_CNT.</param>
    public static bool TryFindSoftOff(ReadOnlySpan<byte> aml, out byte a, out byte b)
    {
        for (int at = 1; at + NameLength < aml.Length; at++)
        {
            if (aml[at] != '_' || !aml[at..].StartsWith("_S5_"u8) || !FollowsNameOp(aml, at))
                continue;
            if (TryReadSleepTypes(aml[(at + NameLength)..], out a, out b))
                return true;
        }

        a = b = 0;
        return false;
    }

    /// <summary>Reads an integer constant and moves <paramref name="aml"/> behind it (20.2.3).</summary>
    internal static bool TryTakeInteger(ref ReadOnlySpan<byte> aml, out ulong value)
    {
        value = 0;
        if (aml.IsEmpty)
            return false;
        int bytes = aml[0] switch
        {
            ZeroOp or OneOp or OnesOp => 0,
            BytePrefix => 1,
            WordPrefix => 2,
            DoubleWordPrefix => 4,
            LongWordPrefix => 8,
            _ => -1,
        };
        if (bytes < 0 || aml.Length <= bytes)
            return false;
        value = bytes switch
        {
            0 => aml[0] == OnesOp ? ulong.MaxValue : aml[0],
            1 => aml[1],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(aml[1..]),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(aml[1..]),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(aml[1..]),
        };
        aml = aml[(1 + bytes)..];
        return true;
    }

    private static bool FollowsNameOp(ReadOnlySpan<byte> aml, int at) =>
        aml[at - 1] == NameOp || (at >= 2 && aml[at - 1] == RootCharacter && aml[at - 2] == NameOp);

    /// <summary>Reads a package of one or more integers: a package of one means both registers.</summary>
    private static bool TryReadSleepTypes(ReadOnlySpan<byte> aml, out byte a, out byte b)
    {
        a = b = 0;
        if (aml.Length < 2 || aml[0] != PackageOp)
            return false;
        // PkgLength (20.2.4): the first byte's two highest bits say how many more it has. Behind it the number of elements.
        int elements = 2 + (aml[1] >> 6);
        if (elements >= aml.Length || aml[elements] == 0)
            return false;
        int count = aml[elements];
        ReadOnlySpan<byte> rest = aml[(elements + 1)..];
        if (!TryTakeInteger(ref rest, out ulong first))
            return false;
        a = b = (byte)(first & SleepTypes);
        if (count >= 2 && TryTakeInteger(ref rest, out ulong second))
            b = (byte)(second & SleepTypes);
        return true;
    }
}
