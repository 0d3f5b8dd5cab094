namespace Guest.Net.Wire;

/// <summary>DHCP options (RFC 2132), those that the client sends or reads.</summary>
public enum DhcpOption : byte
{
    /// <summary>Fills; has no length.</summary>
    Pad = 0,

    /// <summary>3.3.</summary>
    SubnetMask = 1,

    /// <summary>3.5.</summary>
    Router = 3,

    /// <summary>3.8.</summary>
    DomainNameServer = 6,

    /// <summary>3.17.</summary>
    DomainName = 15,

    /// <summary>5.1.</summary>
    InterfaceMtu = 26,

    /// <summary>8.3: time servers.</summary>
    NtpServers = 42,

    /// <summary>9.1.</summary>
    RequestedAddress = 50,

    /// <summary>9.2, in seconds.</summary>
    LeaseTime = 51,

    /// <summary>9.3.</summary>
    OptionOverload = 52,

    /// <summary>9.6.</summary>
    MessageType = 53,

    /// <summary>9.7.</summary>
    ServerIdentifier = 54,

    /// <summary>9.8.</summary>
    ParameterRequestList = 55,

    /// <summary>9.10.</summary>
    MaximumMessageSize = 57,

    /// <summary>9.11: T1, in seconds.</summary>
    RenewalTime = 58,

    /// <summary>9.12: T2, in seconds.</summary>
    RebindingTime = 59,

    /// <summary>9.14.</summary>
    ClientIdentifier = 61,

    /// <summary>RFC 3397.</summary>
    DomainSearch = 119,

    /// <summary>RFC 3442.</summary>
    ClasslessRoutes = 121,

    /// <summary>Ends the options; has no length.</summary>
    End = 255,
}
