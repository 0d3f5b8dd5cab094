namespace Guest.Net.Wire;

/// <summary>What a server says of a question as a whole (RFC 1035, 4.1.1).</summary>
public enum DnsResponseCode
{
    /// <summary>It is answered, be it by nothing.</summary>
    NoError = 0,

    /// <summary>The server does not understand it.</summary>
    FormatError = 1,

    /// <summary>The server could not find out.</summary>
    ServerFailure = 2,

    /// <summary>There is no such name.</summary>
    NameError = 3,

    /// <summary>The server will not say.</summary>
    Refused = 5,
}
