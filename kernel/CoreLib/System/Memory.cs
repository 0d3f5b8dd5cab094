namespace System;

/// <summary>A part of an array, which unlike a span may be kept in a field.</summary>
public readonly struct Memory<T>
{
    private readonly T[]? _array;
    private readonly int _start;
    private readonly int _length;

    public Memory(T[]? array)
    {
        _array = array;
        _length = array?.Length ?? 0;
    }

    public Memory(T[]? array, int start, int length)
    {
        _ = new Span<T>(array, start, length);
        _array = array;
        _start = start;
        _length = length;
    }

    public static Memory<T> Empty => default;

    public int Length => _length;

    public bool IsEmpty => _length == 0;

    public Span<T> Span => new(_array, _start, _length);

    public Memory<T> Slice(int start) => Slice(start, _length - start);

    public Memory<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
            ThrowHelper.ArgumentOutOfRange("start");
        return new(_array, _start + start, length);
    }

    public T[] ToArray() => Span.ToArray();

    public static implicit operator Memory<T>(T[]? array) => new(array);

    public static implicit operator ReadOnlyMemory<T>(Memory<T> memory) => new(memory._array, memory._start, memory._length);
}
