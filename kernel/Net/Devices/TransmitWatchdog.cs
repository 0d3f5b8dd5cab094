using Guest.Core.Time;

namespace Guest.Net.Devices;

/// <summary>Finds a transmitter that hangs: one with frames to send, and a link, that makes no progress for two seconds.</summary>
internal struct TransmitWatchdog()
{
    private static readonly Duration s_hangTime = Duration.FromSeconds(2);

    private Instant _stalledSince = Instant.Never;
    private uint _stalledAt;

    /// <summary>Notes that nothing is being sent.</summary>
    public void Stop() => _stalledSince = Instant.Never;

    /// <summary>Notes that frames are being sent.</summary>
    /// <param name="now">The time.</param>
    /// <param name="oldest">The position of the oldest; it changes with progress.</param>
    /// <param name="linkUp">Whether there is a link: a chip without one keeps its frames, and is right to.</param>
    /// <returns>When the transmitter hangs, if it makes no progress until then.</returns>
    public Instant Follow(Instant now, uint oldest, bool linkUp)
    {
        if (_stalledSince.IsNever || oldest != _stalledAt || !linkUp)
        {
            _stalledAt = oldest;
            _stalledSince = now;
        }

        return _stalledSince + s_hangTime;
    }
}
