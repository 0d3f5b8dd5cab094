namespace Guest.Net.Stack;

/// <summary>Counts <see cref="DhcpTrouble"/>, and says which is to be told.</summary>
public sealed class DhcpTroubles
{
    /// <summary>The number of kinds.</summary>
    public const int Kinds = (int)DhcpTrouble.Expired + 1;

    private readonly long[] _counts = new long[Kinds];
    private uint _told;

    /// <summary>How often it happened.</summary>
    public long this[DhcpTrouble trouble] => _counts[(int)trouble];

    /// <summary>Counts one.</summary>
    /// <returns>Whether it is the first since <see cref="Forget"/>.</returns>
    internal bool Count(DhcpTrouble trouble)
    {
        _counts[(int)trouble]++;
        uint bit = 1u << (int)trouble;
        bool first = (_told & bit) == 0;
        _told |= bit;
        return first;
    }

    /// <summary>All is well again: the next trouble is worth a line.</summary>
    internal void Forget() => _told = 0;
}
