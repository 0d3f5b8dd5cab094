using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Net.Devices;

/// <summary>A kind of network card on PCI: what a driver's file adds to <see cref="PciNetworkDrivers"/>.</summary>
public abstract class PciNetworkDriver : PciDriver
{
    /// <summary>What its devices are called, before their number: <c>virtio-net</c>.</summary>
    public virtual string DeviceName => Name;

    /// <summary>Claims the function, resets the device and starts it.</summary>
    /// <param name="function">One that <see cref="PciDriver.Matches"/>.</param>
    /// <param name="platform">Interrupts and time.</param>
    /// <param name="pool">Where received frames go.</param>
    /// <param name="counters">Named as the device is to be; pays from the first access.</param>
    /// <returns>Null, with the reason on the console, if the device cannot be used.</returns>
    public abstract INetworkDevice? TryCreate(PciFunction function, Platform platform, PacketPool pool, PathCounters counters);

    /// <summary>Starts a card that has come where another of its kind was, with all that the other one had.</summary>
    /// <param name="function">The function that the other one was behind, and this one is.</param>
    /// <param name="device">What <see cref="TryCreate"/> returned for it, since withdrawn.</param>
    /// <param name="pool">Where received frames go now.</param>
    /// <returns>False if it differs, or does not start: <see cref="TryCreate"/> then says why, or makes another one.</returns>
    public abstract bool TryReturn(PciFunction function, INetworkDevice device, PacketPool pool);

    /// <summary>Claims a function whose registers or ports are its region 0, and opens them.</summary>
    /// <returns>Null, with a line on the console, if they are not there.</returns>
    protected static RegisterWindow? Open(PciFunction function, PathCounters counters, ulong length)
    {
        function.Claim(counters);
        function.Enable(function.Bar(0).IsIo ? PciCommand.IoSpace : PciCommand.MemorySpace);
        RegisterWindow? registers = function.OpenBar(0, 0, length);
        if (registers is null)
            Log.Warn(counters.Name, $"its registers are not there");
        return registers;
    }

    /// <summary><see cref="TryReturn"/> for a chip whose registers or ports are its region 0, and that has one interrupt.</summary>
    protected static bool TryReturnNic(PciFunction function, Nic device, PacketPool pool)
    {
        if (!device.TryReturn(pool))
            return false;
        function.Enable(function.Bar(0).IsIo ? PciCommand.IoSpace : PciCommand.MemorySpace);
        return Start(function, device, PciInterrupts.Connect(function, [], device)) is not null;
    }

    /// <summary>Starts a chip whose interrupts are connected, and lets it master the bus.</summary>
    /// <returns>Null, with the reason on the console, if it cannot be used.</returns>
    protected static INetworkDevice? Start(PciFunction function, Nic device, PciInterruptKind interrupts)
    {
        if (interrupts == PciInterruptKind.None)
        {
            Log.Warn(device.Name, $"has no interrupt");
            return null;
        }

        function.Enable(PciCommand.BusMaster);
        return device.Begin() ? device : null;
    }
}
