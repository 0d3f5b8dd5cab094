using Guest.Net.Stack;

namespace Guest.Boot;

/// <summary>What the counts of the network stack are called in the lines of <see cref="StatusReport"/>.</summary>
internal static class CounterNames
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

    /// <summary>The name of what went wrong with name servers.</summary>
    public static string Of(DnsTrouble trouble) => trouble switch
    {
        DnsTrouble.Silent => "silent",
        DnsTrouble.ServerFailure => "serverFailure",
        DnsTrouble.WrongSource => "wrongSource",
        DnsTrouble.WrongIdentifier => "wrongIdentifier",
        DnsTrouble.WrongQuestion => "wrongQuestion",
        DnsTrouble.NotAResponse => "notAResponse",
        DnsTrouble.Malformed => "malformed",
        DnsTrouble.TooLong => "tooLong",
        DnsTrouble.TooManyAliases => "tooManyAliases",
        DnsTrouble.OutOfBailiwick => "outOfBailiwick",
        DnsTrouble.StreamFailed => "streamFailed",
        _ => "unknown",
    };

    /// <summary>The name of what went wrong with DHCP servers.</summary>
    public static string Of(DhcpTrouble trouble) => trouble switch
    {
        DhcpTrouble.NoAnswer => "noAnswer",
        DhcpTrouble.NoUsableOffer => "noUsableOffer",
        DhcpTrouble.NotConfirmed => "notConfirmed",
        DhcpTrouble.Refused => "refused",
        DhcpTrouble.BadAddress => "badAddress",
        DhcpTrouble.BadLease => "badLease",
        DhcpTrouble.RoutesLeftOut => "routesLeftOut",
        DhcpTrouble.ShortLease => "shortLease",
        DhcpTrouble.Expired => "expired",
        _ => "unknown",
    };
}
