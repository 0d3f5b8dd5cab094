using System;

namespace Guest.Pv.Virtio;

/// <summary>The device status field (virtio 1.2, 2.1).</summary>
[Flags]
public enum VirtioStatus
{
    /// <summary>Reset, or being reset.</summary>
    None = 0,

    /// <summary>The guest has found the device.</summary>
    Acknowledge = 1,

    /// <summary>The guest knows how to drive it.</summary>
    Driver = 2,

    /// <summary>The driver is ready.</summary>
    DriverOk = 4,

    /// <summary>Features are agreed on.</summary>
    FeaturesOk = 8,

    /// <summary>DEVICE_NEEDS_RESET: the device has given up on itself.</summary>
    NeedsReset = 64,

    /// <summary>The driver has given up on the device.</summary>
    Failed = 128,
}
