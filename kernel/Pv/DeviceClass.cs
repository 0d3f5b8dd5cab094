using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Pv;

/// <summary>A class of devices: network cards, disks. Whoever walks the buses gives everything that is there, or comes later, to each class, and the class
/// that has a driver for it takes it.</summary>
/// <param name="option">What the command line calls the class, <c>net</c>, and the console too.</param>
/// <param name="noun">What one of them is called: <c>network card</c>.</param>
/// <param name="pciClass">Their base class on PCI (PCI Code and ID Assignment 1.11, section 1).</param>
/// <param name="wanted">The driver that the command line asks for, or <see cref="Any"/>.</param>
public abstract class DeviceClass(string option, string noun, byte pciClass, string wanted)
{
    /// <summary>What the command line says for whichever driver fits.</summary>
    public const string Any = "auto";

    /// <summary>The driver that the command line asks for, or <see cref="Any"/>.</summary>
    protected string Wanted => wanted;

    /// <summary>Starts the device behind a function, if a driver knows it and the command line allows that; one that is started already is left alone.</summary>
    public abstract void Add(PciFunction function);

    /// <summary>Takes leave of the device behind a function that is to be unplugged, or has been: the function has none of its memory any more.</summary>
    public abstract void Remove(PciFunction function);

    /// <summary>Starts the virtio device of a slot, if it is of this class and the command line allows.</summary>
    /// <param name="slot">Where it is.</param>
    /// <param name="deviceType">What it says it is (virtio 1.2, 5).</param>
    public abstract void Add(VirtioMmioSlot slot, uint deviceType);

    /// <summary>Says who drives this class's devices on Xen's bus; before it starts.</summary>
    public abstract void Register(XenBus bus);

    /// <summary>Takes a device that Xen's store names, now or later.</summary>
    public abstract void Add(XenFrontend frontend);

    /// <summary>Lets go of a device that Xen's toolstack took away; of one that is of another class, nothing.</summary>
    public abstract void Remove(XenFrontend frontend);

    /// <summary>Waits for the devices of a bus that has started, as far as they cannot be used yet.</summary>
    /// <param name="bus">The bus, which nobody else serves meanwhile.</param>
    /// <param name="deadline">The end of the wait.</param>
    public virtual void Await(XenBus bus, Instant deadline)
    {
    }

    /// <summary>Ends the search at boot: what comes from now on was plugged in.</summary>
    /// <param name="functions">Everything on PCI.</param>
    public abstract void OnFound(ReadOnlySpan<PciFunction> functions);

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
