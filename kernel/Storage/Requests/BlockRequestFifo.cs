using System.Runtime.CompilerServices;

namespace Guest.Storage;

/// <summary>Requests that wait in line, linked through themselves by one link each.</summary>
internal struct BlockRequestFifo
{
    private BlockRequest? _last;

    /// <summary>The one that is next.</summary>
    public BlockRequest? First { get; private set; }

    /// <summary>The number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Appends a request that waits nowhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(BlockRequest request)
    {
        request.Next = null;
        if (Count++ == 0)
            First = request;
        else
            _last!.Next = request;
        _last = request;
    }

    /// <summary>Puts a request that was taken back to where it was: it is next again.</summary>
    public void PutBack(BlockRequest request)
    {
        request.Next = Count == 0 ? null : First;
        if (Count++ == 0)
            _last = request;
        First = request;
    }

    /// <summary>Removes and returns the one that is next, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BlockRequest? TakeFirst()
    {
        if (Count == 0)
            return null;
        Count--;
        BlockRequest request = First!;
        First = request.Next;
        return request;
    }
}
