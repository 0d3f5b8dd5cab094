using System;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices;

/// <summary>A card that costs one register read more for each frame that it sends: a known cost, by which what measures costs is tested
/// (<c>test=extra-access</c>). Around the real one only when that is asked for.</summary>
/// <param name="device">The card.</param>
/// <param name="registers">Some of its registers, the first of which may be read at any time.</param>
public sealed class ExtraAccessDevice(INetworkDevice device, RegisterWindow registers) : INetworkDevice
{
    /// <inheritdoc/>
    public string Name => device.Name;

    /// <inheritdoc/>
    public MacAddress Address => device.Address;

    /// <inheritdoc/>
    public int Mtu => device.Mtu;

    /// <inheritdoc/>
    public NetworkOffloads Offloads => device.Offloads;

    /// <inheritdoc/>
    public bool LinkUp => device.LinkUp;

    /// <inheritdoc/>
    public PathCounters Counters => device.Counters;

    /// <inheritdoc/>
    public void Withdraw() => device.Withdraw();

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        int taken = device.Transmit(burst, more);
        for (int i = 0; i < taken; i++)
            _ = registers.Read32(0);
        return taken;
    }

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst) => device.Receive(burst);

    /// <inheritdoc/>
    public bool Arm() => device.Arm();
}
