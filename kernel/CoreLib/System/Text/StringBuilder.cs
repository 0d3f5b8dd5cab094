namespace System.Text;

/// <summary>Text in the making. Each time it outgrows its array a new one is allocated, and nothing is ever given back: for
/// applications and boot, not for the packet path.</summary>
public sealed class StringBuilder
{
    private char[] _characters;
    private int _length;

    public StringBuilder()
        : this(64)
    {
    }

    public StringBuilder(int capacity) => _characters = new char[capacity];

    public StringBuilder(string? value)
        : this(64) => Append(value);

    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value > _length)
                Append('\0', value - _length);
            _length = value;
        }
    }

    public int Capacity => _characters.Length;

    public char this[int index]
    {
        get => Written[index];
        set => Written[index] = value;
    }

    private Span<char> Written => _characters.AsSpan(0, _length);

    public StringBuilder Append(ReadOnlySpan<char> value)
    {
        value.CopyTo(Reserve(value.Length));
        return this;
    }

    public StringBuilder Append(string? value) => Append(value.AsSpan());

    public StringBuilder Append(char value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    public StringBuilder Append(char value, int repeatCount)
    {
        Reserve(repeatCount).Fill(value);
        return this;
    }

    public StringBuilder Append(object? value) => Append(value?.ToString());

    public StringBuilder Append(bool value) => Append(value.ToString());

    public StringBuilder Append(int value) => Append(value.ToString());

    public StringBuilder Append(uint value) => Append(value.ToString());

    public StringBuilder Append(long value) => Append(value.ToString());

    public StringBuilder Append(ulong value) => Append(value.ToString());

    public StringBuilder AppendLine() => Append('\n');

    public StringBuilder AppendLine(string? value) => Append(value).Append('\n');

    public StringBuilder Clear()
    {
        _length = 0;
        return this;
    }

    public override string ToString() => new(Written);

    private Span<char> Reserve(int count)
    {
        if (_length + count > _characters.Length)
            Array.Resize(ref _characters, Math.Max(_characters.Length * 2, _length + count));
        _length += count;
        return _characters.AsSpan(_length - count, count);
    }
}
