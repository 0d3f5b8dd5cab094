namespace Guest.Storage;

/// <summary>A list of requests, linked through themselves: appending, and removing any of them, costs a few stores.</summary>
internal struct BlockRequestList
{
    /// <summary>The oldest.</summary>
    public BlockRequest? First { get; private set; }

    private BlockRequest? _last;

    /// <summary>The number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Appends a request that is in no list.</summary>
    public void Append(BlockRequest request)
    {
        request.Previous = _last;
        request.Next = null;
        if (_last is null)
            First = request;
        else
            _last.Next = request;
        _last = request;
        Count++;
    }

    /// <summary>Removes a request that is in this list.</summary>
    public void Remove(BlockRequest request)
    {
        if (request.Previous is null)
            First = request.Next;
        else
            request.Previous.Next = request.Next;
        if (request.Next is null)
            _last = request.Previous;
        else
            request.Next.Previous = request.Previous;
        request.Next = null;
        request.Previous = null;
        Count--;
    }

    /// <summary>Removes and returns the oldest, or null.</summary>
    public BlockRequest? TakeFirst()
    {
        BlockRequest? first = First;
        if (first is not null)
            Remove(first);
        return first;
    }
}
