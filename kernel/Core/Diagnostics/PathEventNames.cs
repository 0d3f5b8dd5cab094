namespace Guest.Core.Diagnostics;

/// <summary>What the kinds of event are called where people and tools read them.</summary>
/// <param name="Counter">In a device's line of counters, as <c>./guest</c> asks for them.</param>
/// <param name="DiskTotal">In what a disk's jobs report: what was received was read, and what was sent was written.</param>
public readonly record struct PathEventNames(string Counter, string DiskTotal)
{
    /// <summary>The names of one kind.</summary>
    public static PathEventNames Of(PathEvent kind) => kind switch
    {
        PathEvent.Notification => new("notification", "notifications"),
        PathEvent.NotificationSuppressed => new("notificationSuppressed", "notificationsSuppressed"),
        PathEvent.Interrupt => new("interrupt", "interrupts"),
        PathEvent.SpuriousInterrupt => new("spuriousInterrupt", "spuriousInterrupts"),
        PathEvent.RegisterRead => new("registerRead", "registerReads"),
        PathEvent.RegisterWrite => new("registerWrite", "registerWrites"),
        PathEvent.PortRead => new("portRead", "portReads"),
        PathEvent.PortWrite => new("portWrite", "portWrites"),
        PathEvent.Hypercall => new("hypercall", "hypercalls"),
        PathEvent.GrantOperation => new("grantOperation", "grantOperations"),
        PathEvent.PageTableOperation => new("pageTableOperation", "pageTableOperations"),
        PathEvent.Descriptor => new("descriptor", "descriptors"),
        PathEvent.Received => new("received", "reads"),
        PathEvent.Sent => new("sent", "writes"),
        PathEvent.ReceivedBytes => new("receivedBytes", "readBytes"),
        PathEvent.SentBytes => new("sentBytes", "writtenBytes"),
        PathEvent.CopiedBytes => new("copiedBytes", "copiedBytes"),
        PathEvent.SummedBytes => new("summedBytes", "summedBytes"),
        PathEvent.Burst => new("burst", "bursts"),
        PathEvent.Overrun => new("overrun", "overruns"),
        PathEvent.Violation => new("violation", "violations"),
        PathEvent.Reset => new("reset", "resets"),
        _ => new("unknown", "unknown"),
    };
}
