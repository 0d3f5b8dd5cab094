namespace Guest.Net.Wire;

/// <summary>What a record says of its owner (RFC 1035, 3.2.2; RFC 3596, 2.1): of the types that there are, those that a resolver of addresses reads.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name that the owner is an alias of.</summary>
    CanonicalName = 5,

    /// <summary>The start of a zone: how long it holds that a name or a type is not there (RFC 2308, 4).</summary>
    StartOfAuthority = 6,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,
}
