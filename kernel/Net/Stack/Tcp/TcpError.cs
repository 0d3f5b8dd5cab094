namespace Guest.Net.Stack;

/// <summary>What ended a connection before its time, or kept it from beginning.</summary>
public enum TcpError
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The other host refused: it answered the SYN with a reset, or said that it does not speak TCP.</summary>
    Refused,

    /// <summary>The other host reset the connection.</summary>
    Reset,

    /// <summary>The other host did not answer for too long.</summary>
    TimedOut,

    /// <summary>Nothing leads to the other host.</summary>
    Unreachable,

    /// <summary>This side aborted it.</summary>
    Aborted,

    /// <summary>No local port is free for it, or the address is not this host's.</summary>
    AddressUnavailable,

    /// <summary>There is no memory for another connection.</summary>
    NoMemory,
}
