namespace System.Threading;

/// <summary>Time-outs with a meaning of their own.</summary>
public static class Timeout
{
    /// <summary>No time-out.</summary>
    public const int Infinite = -1;
}
