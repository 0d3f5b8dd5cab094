using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>A row of values that grows. Its old arrays are never given back: for applications and boot, not for the packet path.</summary>
public sealed partial class List<T> : IList<T>, IReadOnlyList<T>
{
    private const int FirstCapacity = 4;

    private T[] _items;
    private int _size;

    public List() => _items = Array.Empty<T>();

    public List(int capacity) => _items = capacity == 0 ? Array.Empty<T>() : new T[capacity];

    public List(IReadOnlyList<T> collection)
        : this(collection.Count)
    {
        for (int i = 0; i < collection.Count; i++)
            Add(collection[i]);
    }

    public int Count => _size;

    public int Capacity => _items.Length;

    bool ICollection<T>.IsReadOnly => false;

    public T this[int index]
    {
        get => Written[index];
        set => Written[index] = value;
    }

    private Span<T> Written
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_items), _size);
    }

    public void Add(T item)
    {
        if (_size == _items.Length)
            Grow();
        _items[_size++] = item;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        foreach (T item in items)
            Add(item);
    }

    public void Insert(int index, T item)
    {
        if ((uint)index > (uint)_size)
            ThrowHelper.ArgumentOutOfRange(nameof(index));
        if (_size == _items.Length)
            Grow();
        _size++;
        Written[index..(_size - 1)].CopyTo(Written[(index + 1)..]);
        _items[index] = item;
    }

    public void RemoveAt(int index)
    {
        Written[(index + 1)..].CopyTo(Written[index..]);
        _size--;
        _items[_size] = default!;
    }

    public bool Remove(T item)
    {
        int index = IndexOf(item);
        if (index < 0)
            return false;
        RemoveAt(index);
        return true;
    }

    public void Clear()
    {
        Written.Clear();
        _size = 0;
    }

    public int IndexOf(T item)
    {
        for (int i = 0; i < _size; i++)
        {
            if (EqualityComparer<T>.Default.Equals(_items[i], item))
                return i;
        }

        return -1;
    }

    public bool Contains(T item) => IndexOf(item) >= 0;

    public T[] ToArray() => Written.ToArray();

    public void CopyTo(T[] array, int arrayIndex) => Written.CopyTo(array.AsSpan(arrayIndex));

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    private void Grow() => Array.Resize(ref _items, _items.Length == 0 ? FirstCapacity : _items.Length * 2);

    /// <summary>A walk over a list.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly List<T> _list;
        private int _index;

        internal Enumerator(List<T> list)
        {
            _list = list;
            _index = -1;
        }

        public readonly T Current => _list[_index];

        readonly object? IEnumerator.Current => _list[_index];

        public bool MoveNext() => ++_index < _list._size;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
