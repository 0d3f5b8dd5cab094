using Guest.Core;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Storage;

/// <summary>Finds the machine's disks at boot, for images whose application opens disks.</summary>
/// <remarks>Boot knows this class alone. Its one derived class, and with it every disk driver, is reached from
/// <see cref="Disk.TryOpen"/>: where no application calls that, the compiler finds that <see cref="OfThisImage"/> is always null, and
/// leaves the storage floor out of the image.</remarks>
public abstract class DiskFinder
{
    /// <summary>The finder of this image, or null if its application does not use disks.</summary>
    public static DiskFinder? OfThisImage { get; protected private set; }

    /// <summary>Begins the search.</summary>
    /// <param name="platform">Interrupts and time.</param>
    /// <param name="wanted">What <c>disk=</c> says.</param>
    /// <param name="timeout">How long a disk may take over a request, or null for the usual.</param>
    public abstract void Begin(Platform platform, string wanted, Duration? timeout);

    /// <summary>Starts every disk on PCI that a driver knows and <c>disk=</c> allows: at boot, and whenever functions come later. Those whose disks are
    /// there already are left alone.</summary>
    public abstract void AddFromPci(PciFunction[] functions);

    /// <summary>Lets go of the disks behind a function that is to be unplugged, or has been: their requests end as gone, and the function has
    /// none of their memory any more.</summary>
    public abstract void RemoveFromPci(PciFunction function);

    /// <summary>Starts the virtio disk of a slot, if <c>disk=</c> allows.</summary>
    public abstract void AddFrom(VirtioMmioSlot slot);

    /// <summary>Says who drives Xen's disks; before the bus starts.</summary>
    public abstract void Register(XenBus bus);

    /// <summary>Takes the disks of a bus that has started, waiting for their back ends until <paramref name="deadline"/> at most.</summary>
    public abstract void AddFrom(XenBus bus, XenDomain domain, Instant deadline);

    /// <summary>Lets go of a disk that Xen's toolstack took away; of a front end that is no disk's, nothing.</summary>
    public abstract void Remove(XenFrontend frontend);

    /// <summary>Ends the search: from now on the run loop serves the disks, and applications can open them.</summary>
    public abstract void Start();

    /// <summary>Has every disk write down what it was given, and waits until all have answered.</summary>
    public abstract void Flush();
}
