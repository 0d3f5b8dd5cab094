namespace System;

/// <summary>A part of an array, to be read, which unlike a span may be kept in a field.</summary>
public readonly struct ReadOnlyMemory<T>
{
    private readonly T[]? _array;
    private readonly int _start;
    private readonly int _length;

    public ReadOnlyMemory(T[]? array)
    {
        _array = array;
        _length = array?.Length ?? 0;
    }

    public ReadOnlyMemory(T[]? array, int start, int length)
    {
        _ = new ReadOnlySpan<T>(array, start, length);
        _array = array;
        _start = start;
        _length = length;
    }

    public static ReadOnlyMemory<T> Empty => default;

    public int Length => _length;

    public bool IsEmpty => _length == 0;

    public ReadOnlySpan<T> Span => new(_array, _start, _length);

    public ReadOnlyMemory<T> Slice(int start) => Slice(start, _length - start);

    public ReadOnlyMemory<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
            ThrowHelper.ArgumentOutOfRange("start");
        return new(_array, _start + start, length);
    }

    public T[] ToArray() => Span.ToArray();

    public static implicit operator ReadOnlyMemory<T>(T[]? array) => new(array);
}
