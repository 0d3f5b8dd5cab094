using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>Values by key. Its old tables are never given back when it grows: for applications and boot, not for the packet path.</summary>
/// <remarks>Entries lie in one array; each bucket heads a chain of them, by index + 1. Removed entries form a chain of their own.</remarks>
public sealed class Dictionary<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private const int FirstCapacity = 4;

    /// <summary>In <see cref="Entry.Next"/> of an entry that holds nothing; minus the next free one's index + 1 is added to it.</summary>
    private const int Free = -2;

    private int[] _buckets;
    private Entry[] _entries;
    private int _used;
    private int _freeCount;
    private int _firstFree;

    public Dictionary()
        : this(0)
    {
    }

    public Dictionary(int capacity)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, FirstCapacity));
        _buckets = new int[size];
        _entries = new Entry[size];
    }

    public int Count => _used - _freeCount;

    public TValue this[TKey key]
    {
        get
        {
            int found = Find(key);
            if (found < 0)
                throw new KeyNotFoundException();
            return _entries[found].Value;
        }

        set
        {
            int found = Find(key);
            if (found >= 0)
                _entries[found].Value = value;
            else
                Insert(key, value);
        }
    }

    public void Add(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
            throw new ArgumentException("An item with the same key has already been added.");
    }

    public bool TryAdd(TKey key, TValue value)
    {
        if (Find(key) >= 0)
            return false;
        Insert(key, value);
        return true;
    }

    public bool ContainsKey(TKey key) => Find(key) >= 0;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int found = Find(key);
        value = found >= 0 ? _entries[found].Value : default;
        return found >= 0;
    }

    public bool Remove(TKey key)
    {
        ref int link = ref BucketOf(HashOf(key));
        while (link != 0)
        {
            int index = link - 1;
            ref Entry entry = ref _entries[index];
            if (EqualityComparer<TKey>.Default.Equals(entry.Key, key))
            {
                link = entry.Next;
                entry = default;
                entry.Next = Free - _firstFree;
                _firstFree = index + 1;
                _freeCount++;
                return true;
            }

            link = ref entry.Next;
        }

        return false;
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        Array.Clear(_entries);
        _used = 0;
        _freeCount = 0;
        _firstFree = 0;
    }

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    private static int HashOf(TKey key) => EqualityComparer<TKey>.Default.GetHashCode(key) & int.MaxValue;

    private ref int BucketOf(int hash) => ref _buckets[((uint)hash * 0x9e37_79b1u >> 7) & (uint)(_buckets.Length - 1)];

    private int Find(TKey key)
    {
        int hash = HashOf(key);
        for (int next = BucketOf(hash); next != 0; next = _entries[next - 1].Next)
        {
            ref Entry entry = ref _entries[next - 1];
            if (entry.Hash == hash && EqualityComparer<TKey>.Default.Equals(entry.Key, key))
                return next - 1;
        }

        return -1;
    }

    private void Insert(TKey key, TValue value)
    {
        int index;
        if (_freeCount > 0)
        {
            index = _firstFree - 1;
            _firstFree = Free - _entries[index].Next;
            _freeCount--;
        }
        else
        {
            if (_used == _entries.Length)
                Grow();
            index = _used++;
        }

        Link(index, HashOf(key), key, value);
    }

    private void Link(int index, int hash, TKey key, TValue value)
    {
        ref int bucket = ref BucketOf(hash);
        _entries[index] = new Entry { Hash = hash, Key = key, Value = value, Next = bucket };
        bucket = index + 1;
    }

    /// <summary>Only when no entry is free, so every one is linked anew.</summary>
    private void Grow()
    {
        Entry[] old = _entries;
        _buckets = new int[old.Length * 2];
        _entries = new Entry[old.Length * 2];
        for (int i = 0; i < old.Length; i++)
            Link(i, old[i].Hash, old[i].Key, old[i].Value);
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public TKey Key;
        public TValue Value;
    }

    /// <summary>A walk over a dictionary, in no order that means anything.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly Dictionary<TKey, TValue> _dictionary;
        private int _index;

        internal Enumerator(Dictionary<TKey, TValue> dictionary)
        {
            _dictionary = dictionary;
            _index = -1;
        }

        public readonly KeyValuePair<TKey, TValue> Current =>
            new(_dictionary._entries[_index].Key, _dictionary._entries[_index].Value);

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext()
        {
            do
                _index++;
            while (_index < _dictionary._used && _dictionary._entries[_index].Next <= Free);
            return _index < _dictionary._used;
        }

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
