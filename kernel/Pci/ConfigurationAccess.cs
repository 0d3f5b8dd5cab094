using Guest.Core.Diagnostics;

namespace Guest.Pci;

/// <summary>A way to the configuration registers of every function, and the door at which each access is counted.</summary>
/// <remarks>Offsets are in bytes and aligned to the access. Reading a function that is not there gives all ones. Reads have no
/// side effects in configuration space, so the narrow ones are cut from a 32-bit one.</remarks>
public abstract class ConfigurationAccess
{
    /// <summary>The same way, with its accesses counted for another device.</summary>
    public abstract ConfigurationAccess CountedFor(PathCounters counters);

    /// <summary>Reads 32 bits.</summary>
    public abstract uint Read32(PciAddress function, int offset);

    /// <summary>Writes 16 bits.</summary>
    public abstract void Write16(PciAddress function, int offset, ushort value);

    /// <summary>Writes 32 bits.</summary>
    public abstract void Write32(PciAddress function, int offset, uint value);

    /// <summary>Reads 16 bits.</summary>
    public ushort Read16(PciAddress function, int offset) => (ushort)(Read32(function, offset & ~3) >> ((offset & 2) * 8));

    /// <summary>Reads 8 bits.</summary>
    public byte Read8(PciAddress function, int offset) => (byte)(Read32(function, offset & ~3) >> ((offset & 3) * 8));
}
