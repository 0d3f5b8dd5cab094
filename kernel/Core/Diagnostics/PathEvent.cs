namespace Guest.Core.Diagnostics;

/// <summary>What a packet or a block can cost on its way through a device: the kinds that <see cref="PathCounters"/> counts.</summary>
/// <remarks>Byte-valued kinds say so in their name; all others count occurrences.</remarks>
public enum PathEvent
{
    /// <summary>The other side was told of new work: a doorbell, a TDT write, an event-channel send.</summary>
    Notification,

    /// <summary>New work was published and the other side had asked not to be told.</summary>
    NotificationSuppressed,

    /// <summary>The device interrupted, or its event channel fired.</summary>
    Interrupt,

    /// <summary>An interrupt that found nothing to do.</summary>
    SpuriousInterrupt,

    /// <summary>A memory-mapped register was read.</summary>
    RegisterRead,

    /// <summary>A memory-mapped register was written.</summary>
    RegisterWrite,

    /// <summary>An I/O port was read; a string instruction counts once for every unit it moves.</summary>
    PortRead,

    /// <summary>An I/O port was written; a string instruction counts once for every unit it moves.</summary>
    PortWrite,

    /// <summary>A hypercall was made for this device.</summary>
    Hypercall,

    /// <summary>A grant entry was made or taken back.</summary>
    GrantOperation,

    /// <summary>A page-table entry was changed for this device.</summary>
    PageTableOperation,

    /// <summary>A descriptor or ring slot was filled for the device.</summary>
    Descriptor,

    /// <summary>A packet was received, or a read completed.</summary>
    Received,

    /// <summary>A packet was sent, or a write completed.</summary>
    Sent,

    /// <summary>Bytes that arrived.</summary>
    ReceivedBytes,

    /// <summary>Bytes that left.</summary>
    SentBytes,

    /// <summary>Bytes that the guest copied.</summary>
    CopiedBytes,

    /// <summary>Bytes over which the guest computed a checksum.</summary>
    SummedBytes,

    /// <summary>A pass of the run loop that found at least one arrival: Received / Burst is the mean burst at wake-up.</summary>
    Burst,

    /// <summary>An arrival was dropped for want of a buffer or of room in a ring, or a frame because it is longer than the device's may be.</summary>
    Overrun,

    /// <summary>The far side broke its protocol, and what it said was refused.</summary>
    Violation,

    /// <summary>The device was reset, or reconnected to its back end.</summary>
    Reset,
}
