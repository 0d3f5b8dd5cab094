namespace Guest.Net.Wire;

/// <summary>Codes of <see cref="Icmpv6Type.DestinationUnreachable"/> (RFC 4443, 3.1).</summary>
public enum Icmpv6Unreachable : byte
{
    /// <summary>No route.</summary>
    NoRoute = 0,

    /// <summary>The host does not answer.</summary>
    Address = 3,

    /// <summary>Nobody listens on the port.</summary>
    Port = 4,
}
