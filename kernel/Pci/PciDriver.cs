namespace Guest.Pci;

/// <summary>A driver of one kind of device on PCI.</summary>
public abstract class PciDriver
{
    /// <summary>What the command line calls it: <c>virtio</c>, <c>e1000</c>, <c>ahci</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether this driver can drive the function. Reads nothing but its identity.</summary>
    public abstract bool Matches(PciFunction function);

    /// <summary>Finds a driver for a function: the first that matches, or the one that is asked for by name.</summary>
    /// <param name="drivers">Those there are.</param>
    /// <param name="function">Any function on the bus.</param>
    /// <param name="name">What the command line asks for, or null for whichever fits.</param>
    public static PciDriver? Find(PciDriver[] drivers, PciFunction function, string? name)
    {
        foreach (PciDriver driver in drivers)
        {
            if ((name is null || driver.Name == name) && driver.Matches(function))
                return driver;
        }

        return null;
    }
}
