using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Since when a queue of a connection has not got on. It is looked at only while memory is short, so no segment pays for it.</summary>
internal struct TcpStall
{
    // Who takes less than this in all the time that is borne keeps a page for next to nothing.
    private const int LeastProgress = 512;

    private SequenceNumber _goal;
    private Instant _since;

    /// <summary>Looks at the queue.</summary>
    /// <param name="start">The number of its first byte.</param>
    /// <param name="length">Bytes in it.</param>
    /// <param name="isKept">Whether it keeps anything.</param>
    /// <param name="heard">The time, as <see cref="TcpShortage"/> counts it.</param>
    /// <returns>For how long it has not got on.</returns>
    public Duration Update(SequenceNumber start, int length, bool isKept, Instant heard)
    {
        if (!isKept || start >= _goal || _goal - start > LeastProgress)
        {
            _goal = start + Math.Clamp(length, 1, LeastProgress);
            _since = heard;
        }

        return heard - _since;
    }

    /// <summary>Whether it has stood for longer than another, or for as long.</summary>
    public readonly bool Longer(in TcpStall other) => _since <= other._since;
}
