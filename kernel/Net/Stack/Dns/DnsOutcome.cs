namespace Guest.Net.Stack;

/// <summary>What became of a question for addresses.</summary>
public enum DnsOutcome
{
    /// <summary>There are some.</summary>
    Found,

    /// <summary>The name is there, and has none of the kind that was asked for (RFC 2308, 2.2).</summary>
    NoData,

    /// <summary>There is no such name (RFC 2308, 2.1), or it is none that could be.</summary>
    NoName,

    /// <summary>No server could be asked, or none knew: later it may be otherwise.</summary>
    NoAnswer,

    /// <summary>Too many questions are open.</summary>
    TooMany,
}
