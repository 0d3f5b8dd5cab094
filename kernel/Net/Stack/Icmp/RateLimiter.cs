using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>A bucket of tokens: so many at once, and one more every so often (RFC 1812, 4.3.2.8, wants ICMP errors limited).</summary>
internal sealed class RateLimiter
{
    private readonly int _burst;
    private readonly Duration _interval;
    private int _tokens;
    private Instant _last;

    /// <summary>Makes a full bucket.</summary>
    public RateLimiter(int burst, Duration interval)
    {
        _burst = burst;
        _interval = interval;
        _tokens = burst;
    }

    /// <summary>Takes a token.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTake(Instant now)
    {
        long earned = (now - _last).Nanoseconds / _interval.Nanoseconds;
        if (earned > 0)
        {
            _tokens = earned >= _burst - _tokens ? _burst : _tokens + (int)earned;
            _last += new Duration(earned * _interval.Nanoseconds);
        }

        if (_tokens == 0)
            return false;
        _tokens--;
        return true;
    }
}
