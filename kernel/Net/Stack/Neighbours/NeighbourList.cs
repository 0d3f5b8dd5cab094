namespace Guest.Net.Stack;

/// <summary>Neighbours in the order in which they were added; each stands in one list at a time.</summary>
internal sealed class NeighbourList
{
    private Neighbour? _last;

    /// <summary>The one that was added first, or null.</summary>
    public Neighbour? First { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a neighbour from the list that it stands in, if any, to the end of this one.</summary>
    public void Add(Neighbour entry)
    {
        entry.List?.Remove(entry);
        entry.List = this;
        entry.Previous = _last;
        entry.Next = null;
        if (_last is null)
            First = entry;
        else
            _last.Next = entry;
        _last = entry;
        Count++;
    }

    /// <summary>Takes a neighbour out of the list, in which it stands.</summary>
    public void Remove(Neighbour entry)
    {
        if (entry.Previous is null)
            First = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is null)
            _last = entry.Previous;
        else
            entry.Next.Previous = entry.Previous;
        Count--;
    }
}
