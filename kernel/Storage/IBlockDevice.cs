using System;
using Guest.Core.Diagnostics;

namespace Guest.Storage;

/// <summary>A disk, emulated or paravirtual: all that the layers above know of one. The shape is that of <c>INetworkDevice</c>.</summary>
public interface IBlockDevice
{
    /// <summary>The name shown to people: <c>virtio-blk0</c>.</summary>
    string Name { get; }

    /// <summary>What this device has cost.</summary>
    PathCounters Counters { get; }

    /// <summary>Asks for an interrupt at the next completion.</summary>
    /// <returns>False if one is already there.</returns>
    bool Arm();
}
