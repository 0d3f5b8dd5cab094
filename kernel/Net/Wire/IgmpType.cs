namespace Guest.Net.Wire;

/// <summary>Messages about groups of IPv4 (RFC 3376, 4).</summary>
public enum IgmpType : byte
{
    /// <summary>A router asks who is in which group.</summary>
    Query = 0x11,

    /// <summary>A host is in a group (RFC 1112).</summary>
    Version1Report = 0x12,

    /// <summary>A host is in a group (RFC 2236).</summary>
    Version2Report = 0x16,

    /// <summary>A host is in a group no more (RFC 2236).</summary>
    Version2Leave = 0x17,

    /// <summary>In which groups a host is, and how that changed (RFC 3376).</summary>
    Version3Report = 0x22,
}
