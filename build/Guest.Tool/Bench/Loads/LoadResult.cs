using System.Collections.Generic;

namespace Guest.Tool.Bench.Loads;

/// <summary>What became of one run of a load.</summary>
/// <param name="Tried">Packets sent, or blocks asked for.</param>
/// <param name="Done">Of those, answered and right.</param>
/// <param name="RoundTripsMicroseconds">How long each took, in the order of their ends; empty where nobody looked.</param>
internal sealed record LoadResult(int Tried, int Done, IReadOnlyList<double> RoundTripsMicroseconds)
{
    /// <summary>Segments of TCP that were sent again or came out of order meanwhile.</summary>
    public long SentAgain { get; init; }
}
