namespace Guest.Net.Stack;

/// <summary>What can go wrong with a DHCP server. Each is told once in a time of trouble, and counted from then on.</summary>
public enum DhcpTrouble
{
    /// <summary>No server answered a DISCOVER in time.</summary>
    NoAnswer,

    /// <summary>Servers answered a DISCOVER in time, and none of their offers could be used.</summary>
    NoUsableOffer,

    /// <summary>A server did not confirm what it had offered.</summary>
    NotConfirmed,

    /// <summary>A server refused the address that it had offered, or leased.</summary>
    Refused,

    /// <summary>A server offered or confirmed an address that no interface can have.</summary>
    BadAddress,

    /// <summary>A server offered a lease of no time.</summary>
    BadLease,

    /// <summary>Routes were malformed or too many, and left out.</summary>
    RoutesLeftOut,

    /// <summary>A lease was too short to be extended before it ended.</summary>
    ShortLease,

    /// <summary>A lease ended before anybody extended it.</summary>
    Expired,
}
