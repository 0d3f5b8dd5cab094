using System.Runtime.CompilerServices;

namespace Guest.Storage;

/// <summary>Requests that wait in line, linked through themselves by one link each.</summary>
internal struct BlockRequestFifo
{
    private BlockRequest? _first;
    private BlockRequest? _last;

    /// <summary>The number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Appends a request that waits nowhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(BlockRequest request)
    {
        request.Next = null;
        if (Count++ == 0)
            _first = request;
        else
            _last!.Next = request;
        _last = request;
    }

    /// <summary>Puts a request that was taken back to where it was: it is next again.</summary>
    public void PutBack(BlockRequest request)
    {
        request.Next = Count == 0 ? null : _first;
        if (Count++ == 0)
            _last = request;
        _first = request;
    }

    /// <summary>Removes and returns the one that is next, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BlockRequest? TakeFirst()
    {
        if (Count == 0)
            return null;
        Count--;
        BlockRequest request = _first!;
        _first = request.Next;
        return request;
    }
}
