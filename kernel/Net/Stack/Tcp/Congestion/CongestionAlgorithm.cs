namespace Guest.Net.Stack;

/// <summary>The ways to control congestion.</summary>
public enum CongestionAlgorithm
{
    /// <summary>The standard's own (RFC 5681, RFC 6582).</summary>
    NewReno,

    /// <summary>Grows by time and not by round trips, as most hosts do today (RFC 9438).</summary>
    Cubic,
}
