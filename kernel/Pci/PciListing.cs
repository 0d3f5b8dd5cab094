using System;
using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>Names functions for people: <c>1022:2000 at 00:03.0</c>.</summary>
public static class PciListing
{
    /// <summary>The base class of network cards (PCI Code and ID Assignment 1.11, section 1).</summary>
    public const byte Networks = 2;

    /// <summary>The base class of disks and their controllers.</summary>
    public const byte Storage = 1;

    private const int Most = 4;

    /// <summary>Appends those functions of a base class that <paramref name="wasTaken"/> does not know, behind <paramref name="lead"/>; the first
    /// few by name, the others by their number. Appends nothing if there is none.</summary>
    public static void AppendOthers(
        ref LogLine line, string lead, ReadOnlySpan<PciFunction> functions, byte baseClass, Predicate<PciFunction> wasTaken)
    {
        int others = 0;
        foreach (PciFunction function in functions)
        {
            if (function.BaseClass != baseClass || wasTaken(function))
                continue;
            if (others < Most)
            {
                line.AppendFormatted(others == 0 ? lead : ", ");
                Append(ref line, function);
            }

            others++;
        }

        if (others > Most)
        {
            line.AppendLiteral(" and ");
            line.AppendFormatted(others - Most);
            line.AppendLiteral(" more");
        }
    }

    /// <summary>Appends who a function is and where.</summary>
    public static void Append(ref LogLine line, PciFunction function)
    {
        AppendHexadecimal(ref line, function.VendorId, 4);
        line.AppendLiteral(":");
        AppendHexadecimal(ref line, function.DeviceId, 4);
        line.AppendLiteral(" at ");
        AppendHexadecimal(ref line, function.Address.Bus, 2);
        line.AppendLiteral(":");
        AppendHexadecimal(ref line, function.Address.Device, 2);
        line.AppendLiteral(".");
        AppendHexadecimal(ref line, function.Address.Function, 1);
    }

    private static void AppendHexadecimal(ref LogLine line, int value, int digits)
    {
        Span<byte> text = stackalloc byte[digits];
        for (int i = digits - 1; i >= 0; i--, value >>= 4)
            text[i] = "0123456789abcdef"u8[value & 0xf];
        line.AppendFormatted(text);
    }
}
