using System;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

// Room for the grants of more memory than can be granted at once.
public sealed unsafe partial class BlkFront
{
    /// <summary>How soon a search that found nothing is repeated though no request has ended.</summary>
    private static readonly Duration s_searchPause = Duration.FromMilliseconds(100);

    /// <summary>Whether the back end may keep what it has mapped, from one request to the next (feature-persistent).</summary>
    private bool _mayKeepMapped = true;
    private bool _isShort;
    private uint _responsesWhenShort;
    private Instant _nextSearch;

    /// <summary>Has the domain's other disks give up grants of idle memory; false if they had none.</summary>
    internal Func<BlkFront, bool>? OthersMakeRoom { get; set; }

    /// <summary>Gives up grants of memory that no request names.</summary>
    /// <returns>Whether there were any.</returns>
    internal bool TryEvict()
    {
        _grants.BeginEviction();
        foreach (BlockRequest? request in _inFlight)
        {
            if (request is not null && request.MovesData)
                KeepGrants(request);
        }

        return _grants.TryEvict();
    }

    /// <summary>Makes room for the grant of a page more. Where there is none a request waits: until another ends; or, with none in flight,
    /// until the other domain lets go of what it has mapped, and if it does not, this connection ends, which makes it do so.</summary>
    private bool TryMakeRoom()
    {
        bool nothingEnded = _isShort && _responsesWhenShort == _ring.ResponseConsumer;
        if (nothingEnded && (_ring.Waiting != 0 || Domain.Now < _nextSearch))
            return false;
        bool found = TryEvict() || (!_grants.IsFull && OthersMakeRoom is { } ask && ask(this));
        _isShort = !found;
        if (found)
            return true;
        _responsesWhenShort = _ring.ResponseConsumer;
        _nextSearch = Domain.Now + s_searchPause;
        if (_ring.Waiting == 0 && nothingEnded && _mayKeepMapped && _grants.Count > MostSlots)
        {
            // Once more from the start, and without the leave to keep anything.
            _mayKeepMapped = false;
            Refuse("it keeps mapped all that it was given to reach");
        }

        return false;
    }

    private void KeepGrants(BlockRequest request)
    {
        foreach (BlockSegment segment in request.Segments)
        {
            byte* end = segment.Memory + segment.Length;
            for (byte* at = segment.Memory; at < end; at += DeviceMemory.PageSize - (int)((nuint)at & (DeviceMemory.PageSize - 1)))
                _grants.Keep(at);
        }
    }
}
