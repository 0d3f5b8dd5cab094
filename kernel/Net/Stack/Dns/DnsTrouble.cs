namespace Guest.Net.Stack;

/// <summary>What can be wrong with name servers and with what claims to come from them.</summary>
public enum DnsTrouble
{
    /// <summary>A server did not answer in time.</summary>
    Silent,

    /// <summary>A server said that it could not, or would not, answer.</summary>
    ServerFailure,

    /// <summary>It came from another host or port than was asked.</summary>
    WrongSource,

    /// <summary>It has another number than the question.</summary>
    WrongIdentifier,

    /// <summary>It repeats another question.</summary>
    WrongQuestion,

    /// <summary>It is no answer, or none to a question.</summary>
    NotAResponse,

    /// <summary>It claims more than there is, has a name that is too long or does not end, or data of the wrong length.</summary>
    Malformed,

    /// <summary>It is longer than any answer with a few addresses.</summary>
    TooLong,

    /// <summary>Aliases lead to one another without end, or there are too many.</summary>
    TooManyAliases,

    /// <summary>A record is about a name that was not asked for.</summary>
    OutOfBailiwick,

    /// <summary>A connection to a server, opened because an answer was too long for a datagram, failed.</summary>
    StreamFailed,
}
