namespace Guest.Net.Stack;

/// <summary>Counts <see cref="DnsTrouble"/>.</summary>
public sealed class DnsTroubles
{
    /// <summary>The number of kinds.</summary>
    public const int Kinds = (int)DnsTrouble.StreamFailed + 1;

    private readonly long[] _counts = new long[Kinds];

    /// <summary>How often it happened.</summary>
    public long this[DnsTrouble trouble] => _counts[(int)trouble];

    /// <summary>Counts some.</summary>
    internal void Count(DnsTrouble trouble, int times = 1) => _counts[(int)trouble] += times;
}
