namespace Guest.Net.Stack;

/// <summary>Whether what a recovery sent again had been lost at all: by the timestamp that the other side echoes (Eifel; RFC 3522), or because it tells of all of it that it
/// came twice (RFC 2883, RFC 3708).</summary>
internal struct RetransmissionDoubt
{
    private SequenceNumber _start;
    private SequenceNumber _end;
    private uint _firstAt;
    private int _unreported;
    private bool _countsEchoes;

    /// <summary>Whether there was a recovery of which it is not known.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Begins with a recovery.</summary>
    /// <param name="unacknowledged">The number of the first byte that is not acknowledged.</param>
    /// <param name="sendNext">The number that is sent next.</param>
    /// <param name="isFirstOnce">Whether the oldest segment was sent only once. A copy of it that an earlier recovery sent would be taken for the first one.</param>
    public void Begin(SequenceNumber unacknowledged, SequenceNumber sendNext, bool isFirstOnce)
    {
        _countsEchoes = isFirstOnce;
        _start = unacknowledged;
        _end = sendNext;
        _unreported = 0;
        IsOpen = true;
    }

    /// <summary>Notes that a segment is sent again.</summary>
    /// <param name="timestamp">What it says of the time.</param>
    public void OnRetransmitted(uint timestamp)
    {
        if (_unreported++ == 0)
            _firstAt = timestamp;
    }

    /// <summary>Notes that a range is told to have come twice.</summary>
    /// <returns>Whether that is so of everything that was sent again.</returns>
    public bool OnDuplicateReported(SequenceNumber start, SequenceNumber end)
    {
        if (!IsOpen || start < _start || end > _end || _unreported == 0)
            return false;
        return --_unreported == 0;
    }

    /// <summary>Whether an acknowledgement that is news answers what was sent before anything was sent again (RFC 3522, 3.2, step 5).</summary>
    /// <param name="echo">The timestamp that it echoes.</param>
    public readonly bool IsAnsweredByFirstCopy(uint echo) => _countsEchoes && _unreported != 0 && unchecked((int)(echo - _firstAt)) < 0;

    /// <summary>It is known, or nobody wants to know any more.</summary>
    public void End() => IsOpen = false;
}
