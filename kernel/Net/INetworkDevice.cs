using System;
using Guest.Core.Diagnostics;

namespace Guest.Net;

/// <summary>A network card, real, emulated or paravirtual: all that the stack knows of one, and all that a new driver implements.</summary>
/// <remarks>
/// Packets move in bursts. A device is used by one run loop; no member is re-entered. Nothing here allocates, blocks or throws: a
/// device that misbehaves counts a <see cref="PathEvent.Violation"/>, says so on the console, resets itself, and goes on (with
/// <see cref="LinkUp"/> false until it can).
/// </remarks>
public interface INetworkDevice
{
    /// <summary>The name shown to people: <c>virtio-net0</c>.</summary>
    string Name { get; }

    /// <summary>The station address.</summary>
    MacAddress Address { get; }

    /// <summary>The largest IP packet in bytes, without the Ethernet header: usually 1,500.</summary>
    int Mtu { get; }

    /// <summary>What the device offers and the driver has switched on.</summary>
    NetworkOffloads Offloads { get; }

    /// <summary>Whether frames can pass now.</summary>
    bool LinkUp { get; }

    /// <summary>What this device has cost.</summary>
    PathCounters Counters { get; }

    /// <summary>Hands frames to the device, in order.</summary>
    /// <param name="burst">Complete Ethernet frames without their frame check sequence, in buffers of the pool that the device was made with: a
    /// driver may know them by <see cref="PacketBuffer.Index"/> alone. The device owns those that it takes and releases
    /// them when they are sent; the caller keeps the others.</param>
    /// <param name="more">True if another call follows at once: the device need not be told yet. A call with an empty burst
    /// and false tells it of what came before.</param>
    /// <returns>How many were taken, from the front; fewer than offered when the ring is full.</returns>
    int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more);

    /// <summary>Takes frames that have arrived, in order, and gives the device fresh buffers in their place. Also reaps what was
    /// sent. Within fifty milliseconds of a call that found something comes one that finds nothing, unless there is no end of arrivals: the
    /// time to look after the device.</summary>
    /// <returns>How many were put into <paramref name="burst"/>; the caller owns them.</returns>
    int Receive(Span<PacketBuffer> burst);

    /// <summary>Asks for an interrupt at the next arrival (or link change).</summary>
    /// <remarks>Who sleeps must hear: threads may have released buffers since the last <see cref="Receive"/>, so a device whose ring is short of
    /// them takes from the pool first, here. Where there are none to take, because all are being sent, their coming back wakes the machine too, by
    /// an interrupt or by a timer of the driver's; what threads hold comes back while they run, and this is called again before the
    /// machine idles.</remarks>
    /// <returns>False if something is already there: call <see cref="Receive"/> instead of idling.</returns>
    bool Arm();

    /// <summary>Stops the device for good and gives every buffer back: it is to be taken out, or is gone. It is not used any more, unless another one comes to its
    /// place and takes it over.</summary>
    void Withdraw()
    {
    }
}
