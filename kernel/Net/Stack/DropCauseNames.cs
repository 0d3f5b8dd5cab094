namespace Guest.Net.Stack;

/// <summary>What the counts of dropped packets are called where they are shown.</summary>
public static class DropCauseNames
{
    /// <summary>The name of a cause for dropping packets.</summary>
    public static string Of(DropCause cause) => cause switch
    {
        DropCause.Truncated => "truncated",
        DropCause.Oversized => "oversized",
        DropCause.Malformed => "malformed",
        DropCause.BadChecksum => "badChecksum",
        DropCause.Looping => "looping",
        DropCause.BadSource => "badSource",
        DropCause.NotForUs => "notForUs",
        DropCause.UnknownEtherType => "unknownEtherType",
        DropCause.UnknownProtocol => "unknownProtocol",
        DropCause.NoListener => "noListener",
        DropCause.QueueFull => "queueFull",
        DropCause.FragmentOverlap => "fragmentOverlap",
        DropCause.ReassemblyTimeout => "reassemblyTimeout",
        DropCause.ReassemblyFull => "reassemblyFull",
        DropCause.NoRoute => "noRoute",
        DropCause.NeighbourUnreachable => "neighbourUnreachable",
        DropCause.NeighbourFull => "neighbourFull",
        DropCause.TransmitFull => "transmitFull",
        DropCause.NoBuffer => "noBuffer",
        DropCause.LinkDown => "linkDown",
        DropCause.RateLimited => "rateLimited",
        DropCause.RawQueueFull => "rawQueueFull",
        _ => "unknown",
    };
}
