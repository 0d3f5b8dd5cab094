using System;

namespace Guest.Core.Scheduling;

/// <summary>What can be done now without waiting. A level: it holds until it is used up, whoever looks.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Something can be taken: data, a connection, the end.</summary>
    Readable = 1,

    /// <summary>There is room for something.</summary>
    Writable = 2,

    /// <summary>It failed.</summary>
    Error = 4,

    /// <summary>Nothing will come any more, and nothing can be given.</summary>
    HangUp = 8,
}
