namespace Guest.Net.Devices;

/// <summary>How a virtio network card stands with its device; from <see cref="Polled"/> on it runs.</summary>
internal enum VirtioNetState : byte
{
    /// <summary>The device was reset, and has nothing of the card's.</summary>
    Stopped,

    /// <summary>The device did not obey its last reset: it may still write to the buffers that it had, so they stay lost.</summary>
    Lost,

    /// <summary>The device delivered a frame whose header makes no sense: it is reset as soon as the burst is dealt with.</summary>
    Refused,

    /// <summary>The device runs, and no interrupt is asked of it.</summary>
    Polled,

    /// <summary>The device is to interrupt when something arrives.</summary>
    ArmedForArrivals,

    /// <summary>The device is to interrupt when something arrives or was sent.</summary>
    ArmedForBoth,
}
