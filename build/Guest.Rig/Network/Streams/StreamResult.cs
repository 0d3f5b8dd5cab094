using System.Collections.Generic;

namespace Guest.Rig.Network.Streams;

/// <summary>What became of one run of a client.</summary>
/// <param name="Done">Units that were done, and right.</param>
/// <param name="RoundTrips">How long each took, in the ticks of Stopwatch, in the order of their ends; empty where there is nothing to wait for.</param>
public sealed record StreamResult(int Done, IReadOnlyList<long> RoundTrips);
