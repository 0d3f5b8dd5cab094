using System;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>How soon a front end whose connection ended may have the next: ever later while connections fail or do not last.</summary>
internal struct ReconnectPace()
{
    private static readonly Duration s_firstDelay = Duration.FromMilliseconds(10);
    private static readonly Duration s_longestDelay = Duration.FromSeconds(5);

    /// <summary>How long a connection must have served until the next may come without delay.</summary>
    private static readonly Duration s_proof = Duration.FromSeconds(10);

    private Duration _delay = s_firstDelay;
    private Instant _servedSince = Instant.Never;

    /// <summary>When the next connection may begin.</summary>
    public Instant NotBefore { get; private set; }

    /// <summary>Whether the back end has taken up the present connection.</summary>
    public readonly bool Serves => !_servedSince.IsNever;

    /// <summary>Whether a failure is worth a line on the console: the first ones in a row are, those after them the same again.</summary>
    public readonly bool TellsFailures => _delay.Nanoseconds < s_longestDelay.Nanoseconds;

    /// <summary>Begins anew, for another device.</summary>
    public void Restart() => _delay = s_firstDelay;

    /// <summary>Notes that the back end has taken up the connection.</summary>
    public void OnServed(Instant now)
    {
        if (!Serves)
            _servedSince = now;
    }

    /// <summary>Notes that the connection has ended.</summary>
    public void OnClosed(Instant now)
    {
        // Only a connection that has served for a while says that the next one will.
        bool proved = Serves && now - _servedSince >= s_proof;
        _delay = proved ? s_firstDelay : new Duration(Math.Min(_delay.Nanoseconds * 2, s_longestDelay.Nanoseconds));
        NotBefore = now + _delay;
        Forget();
    }

    /// <summary>Notes that the device, and its connection with it, is gone.</summary>
    public void Forget() => _servedSince = Instant.Never;
}
