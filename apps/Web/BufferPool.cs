namespace Web;

/// <summary>Buffers of one size that connections hold for a while: a bounded number of them, each made when it is first wanted.</summary>
internal sealed class BufferPool(int size, int most)
{
    private readonly byte[]?[] _free = new byte[most][];
    private int _count;
    private int _made;

    /// <summary>Takes one; null if all are held.</summary>
    public byte[]? TryTake()
    {
        if (_count != 0)
            return _free[--_count];
        if (_made == most)
            return null;
        _made++;
        return new byte[size];
    }

    /// <summary>Gives one back.</summary>
    public void Return(byte[] buffer) => _free[_count++] = buffer;
}
