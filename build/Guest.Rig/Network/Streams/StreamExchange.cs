using System;

namespace Guest.Rig.Network.Streams;

/// <summary>What a client asks on one connection, and which answer is right: one question at a time.</summary>
public abstract class StreamExchange
{
    /// <summary>Makes the next question.</summary>
    public abstract ReadOnlySpan<byte> Ask();

    /// <summary>Takes the next bytes of the answer, which must be right: TCP loses and alters nothing.</summary>
    /// <returns>Whether the answer is whole now.</returns>
    public abstract bool Take(ReadOnlySpan<byte> bytes);

    /// <summary>What is to be said of an answer that is wrong.</summary>
    protected static RigException Wrong(string what) => new($"What came back is not what was asked for: {what}.");
}
