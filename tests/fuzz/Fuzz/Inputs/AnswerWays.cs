using System;

namespace Guest.Fuzz.Inputs;

/// <summary>How a store's answer is not what it should be.</summary>
[Flags]
internal enum AnswerWays : byte
{
    None = 0,

    /// <summary>It is an error, named by the body.</summary>
    Error = 1,

    /// <summary>It is to a request that was not made.</summary>
    OtherRequest = 2,

    /// <summary>It is of another type.</summary>
    OtherType = 4,

    /// <summary>It says another length than it has.</summary>
    OtherLength = 8,

    /// <summary>An event of a watch comes before it, with the same body.</summary>
    EventFirst = 16,

    /// <summary>There is none.</summary>
    Silence = 32,

    /// <summary>The body's first eight bytes are put into the ring's counters instead.</summary>
    Counters = 64,

    /// <summary>The body is put into the ring as it is.</summary>
    Raw = 128,
}
