using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>Lets one thread wait for several things at once, with one deadline: it watches a queue of each.</summary>
/// <remarks>A wake-up says that something may have happened: check each condition, then wait, in a loop. One that comes after a queue was
/// added and before the thread waits ends the next wait. The places on the queues are kept for the next time.</remarks>
public sealed class WaitSet
{
    private readonly WaitQueue _woken = new();
    private Place? _places;
    private Place? _spare;
    private bool _wasWoken;

    /// <summary>Waits for a queue's wake-ups, too.</summary>
    public void Add(WaitQueue queue)
    {
        Place place = _spare ?? new Place(this);
        _spare = place.Next;
        place.Next = _places;
        _places = place;
        queue.Add(place);
    }

    /// <summary>Waits until one of the queues is woken, or until a deadline.</summary>
    /// <returns>False if the deadline passed first.</returns>
    public bool Wait(Instant deadline)
    {
        if (!_wasWoken)
            _woken.Wait(deadline);
        bool wasWoken = _wasWoken;
        _wasWoken = false;
        return wasWoken;
    }

    /// <summary>Waits for none of the queues any more.</summary>
    public void Clear()
    {
        while (_places is { } place)
        {
            _places = place.Next;
            place.Next = _spare;
            _spare = place;
            place.WaitingOn!.Remove(place);
        }

        _wasWoken = false;
    }

    private void OnWake()
    {
        _wasWoken = true;
        _woken.WakeOne();
    }

    /// <summary>The set's place on one of the queues.</summary>
    private sealed class Place(WaitSet set) : Watcher
    {
        public Place? Next;

        protected internal override void OnWake() => set.OnWake();
    }
}
