namespace Guest.Net.Stack;

/// <summary>How far an interface may use an IPv6 address of its own (RFC 4862, 2).</summary>
internal enum AddressState
{
    /// <summary>There is none in this place.</summary>
    Free,

    /// <summary>The link is being asked whether another host has it.</summary>
    Tentative,

    /// <summary>For everything.</summary>
    Preferred,

    /// <summary>For what goes on, not for what begins.</summary>
    Deprecated,
}
