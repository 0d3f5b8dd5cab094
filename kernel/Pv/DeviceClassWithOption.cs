using System;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Pv;

/// <summary>A class of devices whose driver the command line may choose, and of which a machine is expected to have some.</summary>
/// <param name="option">What the command line calls the class, <c>net</c>, and the console too.</param>
/// <param name="noun">What one of them is called: <c>network card</c>.</param>
/// <param name="pciClass">Their base class on PCI (PCI Code and ID Assignment 1.11, section 1).</param>
/// <param name="wanted">The driver that the command line asks for, or <see cref="Any"/>.</param>
public abstract class DeviceClassWithOption(string option, string noun, byte pciClass, string wanted) : DeviceClass
{
    /// <summary>What the command line says for whichever driver fits.</summary>
    public const string Any = "auto";

    /// <summary>The driver that the command line asks for, or <see cref="Any"/>.</summary>
    protected string Wanted => wanted;

    /// <summary>Whether the command line allows a driver.</summary>
    protected bool Wants(string driver) => wanted == Any || wanted == driver;

    /// <summary>The driver for a function: the one that is named, or the first that fits.</summary>
    protected abstract PciDriver? FindDriver(PciFunction function, string? name);

    /// <summary>The driver for a function that the command line allows.</summary>
    protected PciDriver? FindDriver(PciFunction function) => FindDriver(function, wanted == Any ? null : wanted);

    /// <summary>Says that there is no device of this class that can be used, and which there are on PCI that nobody drives.</summary>
    protected void WarnOfNone(ReadOnlySpan<PciFunction> functions)
    {
        LogLine line = new(0, 0);
        line.AppendLiteral("no ");
        line.AppendFormatted(noun);
        if (wanted == Any)
        {
            line.AppendLiteral(" was found");
            PciListing.AppendOthers(ref line, "; without a driver: ", functions, pciClass, function => FindDriver(function, null) is not null);
        }
        else
        {
            line.AppendLiteral(" for ");
            line.AppendFormatted(option);
            line.AppendLiteral("=");
            line.AppendFormatted(wanted);
            line.AppendLiteral(" was found");
            PciListing.AppendOthers(ref line, "; there is ", functions, pciClass, static _ => false);
        }

        Log.Warn(option, ref line);
    }
}
