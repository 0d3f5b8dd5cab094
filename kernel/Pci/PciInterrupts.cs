using System;
using Guest.Core;

namespace Guest.Pci;

/// <summary>Connects a function's interrupts by the best means that the function and the platform share.</summary>
public static class PciInterrupts
{
    /// <summary>Tries MSI-X with one vector for each of <paramref name="vectors"/>, then MSI, then the line.</summary>
    /// <param name="function">A claimed function with its memory space enabled.</param>
    /// <param name="vectors">The handler of each MSI-X vector, from vector 0; empty for a chip whose driver does not use MSI-X.</param>
    /// <param name="shared">The handler of everything, for MSI and the line.</param>
    /// <param name="allowMsi">False for functions that know MSI-X and the line alone, as virtio does.</param>
    /// <returns>Which it became; on <see cref="PciInterruptKind.Line"/> <paramref name="shared"/> must acknowledge the device.</returns>
    public static PciInterruptKind Connect(
        PciFunction function, ReadOnlySpan<IInterruptHandler> vectors, IInterruptHandler shared, bool allowMsi = true)
    {
        function.KeepHandlers(vectors, shared);
        if (vectors.Length != 0 && MsiX.TryEnable(function, vectors))
            return PciInterruptKind.MsiX;
        if (allowMsi && Msi.TryEnable(function, shared))
            return PciInterruptKind.Msi;
        int line = function.InterruptLine;
        if (line < 0 || !function.Platform.TryConnectLine(line, shared, function.Counters))
            return PciInterruptKind.None;
        function.Disable(PciCommand.InterruptDisable);
        return PciInterruptKind.Line;
    }
}
