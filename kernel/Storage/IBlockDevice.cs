using System;
using Guest.Core.Diagnostics;

namespace Guest.Storage;

/// <summary>A disk, emulated or paravirtual: all that the layers above know of one, and all that a new driver implements. The shape
/// is that of <c>INetworkDevice</c>.</summary>
/// <remarks>
/// Requests move in bursts, may complete in any order, and are all used by one run loop: no member is re-entered. Nothing here
/// allocates, blocks or throws. Drivers are given nothing that they must refuse: <see cref="BlockQueue"/>, the only caller, has checked
/// ranges, alignment and operation against <see cref="Limits"/> and split what exceeded them; it also counts traffic, runs the
/// clock and submits again what came back because of a reset. A device that misbehaves counts a <see cref="PathEvent.Violation"/>,
/// says so on the console, and resets itself as <see cref="Reset"/> does.
/// </remarks>
public interface IBlockDevice
{
    /// <summary>The name shown to people: <c>virtio-blk0</c>.</summary>
    string Name { get; }

    /// <summary>Which disk this is.</summary>
    BlockIdentity Identity { get; }

    /// <summary>What it can take; read anew for every burst. <see cref="BlockLimits.Capacity"/> may change at any time (a disk that was resized);
    /// if anything else does, this is a new object.</summary>
    BlockLimits Limits { get; }

    /// <summary>Whether it takes requests now.</summary>
    BlockDeviceState State { get; }

    /// <summary>What this device has cost.</summary>
    PathCounters Counters { get; }

    /// <summary>Hands requests to the device. It owns those that it takes until <see cref="Complete"/> returns them.</summary>
    /// <param name="burst">Requests that obey <see cref="Limits"/>.</param>
    /// <param name="more">True if another call follows at once: the device need not be told yet. A call with an empty burst
    /// and false tells it of what came before.</param>
    /// <returns>How many were taken, from the front; fewer than offered when the device is full or not ready.</returns>
    int Submit(ReadOnlySpan<BlockRequest> burst, bool more);

    /// <summary>Takes requests that are complete, each with its status set, and moves forward what needs the processor's help (PIO).</summary>
    /// <returns>How many were put into <paramref name="burst"/>; if it was filled, there may be more.</returns>
    int Complete(Span<BlockRequest> burst);

    /// <summary>Asks for an interrupt at the next completion (or change of <see cref="State"/>).</summary>
    /// <returns>False if something is already there: call <see cref="Complete"/> instead of idling.</returns>
    bool Arm();

    /// <summary>Gives up on what the device is doing and brings it back into a known state, within a bounded time. Requests that it had
    /// and did not finish come back from <see cref="Complete"/> as <see cref="BlockStatus.Reset"/>, and the device touches
    /// none of their memory any more; where that cannot be had, <see cref="State"/> becomes
    /// <see cref="BlockDeviceState.Gone"/>.</summary>
    void Reset();

    /// <summary>Starts the disk that has come to the place of this one, which was taken away, with all that this one had.</summary>
    /// <returns>False if it is another kind of disk, or this kind does not come back: a new object is made then.</returns>
    bool TryReturn() => false;
}
