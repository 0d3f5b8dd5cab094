namespace Guest.Net.Stack;

/// <summary>Where a DHCP client stands (RFC 2131, figure 5).</summary>
internal enum DhcpState
{
    /// <summary>No link.</summary>
    Stopped,

    /// <summary>It went wrong, and is tried again after a while (the RFC's INIT).</summary>
    Waiting,

    /// <summary>Servers were asked for offers.</summary>
    Selecting,

    /// <summary>An offer was accepted.</summary>
    Requesting,

    /// <summary>The address is leased.</summary>
    Bound,

    /// <summary>T1 has passed: the lease's server is asked to extend it.</summary>
    Renewing,

    /// <summary>T2 has passed: any server is asked.</summary>
    Rebinding,
}
