using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Storage;

/// <summary>Requests that are complete, in order, until the application takes them: an array that grows to the most there ever were.</summary>
internal sealed class CompletedRequests
{
    private const int UsualDepth = 64;

    private BlockRequest[] _requests = new BlockRequest[UsualDepth];
    private int _first;
    private int _end;

    /// <summary>The number of requests.</summary>
    public int Count => _end - _first;

    /// <summary>Appends a burst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<BlockRequest> burst)
    {
        if (burst.Length > _requests.Length - _end)
            MakeRoom(burst.Length);
        burst.CopyTo(MemoryMarshal.CreateSpan(ref _requests[_end], burst.Length)); // spares the check of the array's type
        _end += burst.Length;
    }

    /// <summary>Takes as many requests as there is room for, from the front.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(Span<BlockRequest> taken)
    {
        int count = Math.Min(Count, taken.Length);
        new ReadOnlySpan<BlockRequest>(_requests, _first, count).CopyTo(taken);
        _first += count;

        // Mostly all are taken, and the array is used from its start again.
        if (_first == _end)
            _first = _end = 0;
        return count;
    }

    /// <summary>Forgets them: nobody will take them.</summary>
    public void Clear() => _first = _end = 0;

    /// <summary>Moves what is there to the front, and to a larger array where that is not at least half free then.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom(int length)
    {
        int size = _requests.Length;
        while (Count + length > size / 2)
            size *= 2;
        BlockRequest[] to = size == _requests.Length ? _requests : new BlockRequest[size];
        int count = Take(to);
        _requests = to;
        _first = 0;
        _end = count;
    }
}
