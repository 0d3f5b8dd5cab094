using Guest.Net.Stack;

namespace Guest.Boot;

/// <summary>What the counts of the network stack are called in the lines of <see cref="StatusReport"/>.</summary>
internal static class CounterNames
{
    /// <summary>The name of a cause for dropping packets.</summary>
    public static string Of(DropCause cause) => DropCauseNames.Of(cause);

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
