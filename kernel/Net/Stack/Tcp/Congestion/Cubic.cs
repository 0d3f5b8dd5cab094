using System;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>CUBIC (RFC 9438): after a loss the window grows along a cubic curve of time, which is flat where the last loss was; never slower than
/// the standard's algorithm would.</summary>
/// <remarks>Windows are in segments here, as the RFC has them, and fractions matter.</remarks>
internal sealed class Cubic : CongestionControl
{
    // RFC 9438, 5 and 4.6.
    private const double Scale = 0.4;
    private const double Decrease = 0.7;
    private const double RenoIncrease = 3 * (1 - Decrease) / (1 + Decrease);
    private const double NanosecondsPerSecond = 1e9;

    // W_max; the window when this epoch of avoidance began, and when that was; K, in seconds; W_est; what is added and is no whole byte yet.
    private double _largest;
    private double _prior;
    private double _estimate;
    private double _reachesLargestAfter;
    private double _fraction;
    private Instant _epoch;

    private (double Largest, double Prior, double Estimate, double ReachesLargestAfter) _saved;
    private Instant _savedEpoch;

    /// <inheritdoc/>
    protected override void Avoid(int bytes, in RoundTripTime roundTrip, Instant now)
    {
        double window = (double)Window / SegmentSize;
        if (_epoch.IsNever)
            BeginEpoch(window, now);
        double acknowledged = (double)bytes / SegmentSize;
        _estimate += (_estimate >= _prior ? 1 : RenoIncrease) * acknowledged / window;
        double elapsed = (now - _epoch).Nanoseconds / NanosecondsPerSecond;
        if (Curve(elapsed) < _estimate)
        {
            SetWindow(Math.Max(_estimate, window));
            return;
        }

        double target = Curve(elapsed + (roundTrip.Smoothed.Nanoseconds / NanosecondsPerSecond));
        target = Math.Clamp(target, window, 1.5 * window);
        SetWindow(window + ((target - window) / window * acknowledged));
    }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _largest = 0;
        _fraction = 0;
        _epoch = Instant.Never;
    }

    /// <inheritdoc/>
    protected override void OnWindowReset() => _epoch = Instant.Never;

    /// <inheritdoc/>
    protected override void OnSave()
    {
        _saved = (_largest, _prior, _estimate, _reachesLargestAfter);
        _savedEpoch = _epoch;
    }

    /// <inheritdoc/>
    protected override void OnRestore()
    {
        (_largest, _prior, _estimate, _reachesLargestAfter) = _saved;
        _epoch = _savedEpoch;
    }

    /// <inheritdoc/>
    protected override int Reduce(int inFlight, Instant now)
    {
        double window = (double)Window / SegmentSize;
        _prior = window;

        // Fast convergence (4.7): who loses before it is where it was leaves room for newcomers.
        _largest = window < _largest ? window * (1 + Decrease) / 2 : window;
        _epoch = Instant.Never;
        return (int)(Math.Min(Window, Math.Max(inFlight, LeastWindow)) * Decrease);
    }

    private void BeginEpoch(double window, Instant now)
    {
        _epoch = now;
        _estimate = window;
        _fraction = 0;
        if (_largest <= window)
        {
            _largest = window;
            _reachesLargestAfter = 0;
        }
        else
        {
            _reachesLargestAfter = CubeRoot((_largest - window) / Scale);
        }
    }

    private double Curve(double seconds)
    {
        double distance = seconds - _reachesLargestAfter;
        return (Scale * distance * distance * distance) + _largest;
    }

    private void SetWindow(double segments)
    {
        double bytes = (segments * SegmentSize) + _fraction;
        Window = (int)Math.Min(bytes, LargestWindow);
        _fraction = bytes - Window;
    }

    // Newton's method: each step doubles the digits that are right.
    private static double CubeRoot(double value)
    {
        double root = Math.Max(value, 1);
        for (int i = 0; i < 64; i++)
        {
            double next = ((2 * root) + (value / (root * root))) / 3;
            if (next >= root)
                break;
            root = next;
        }

        return root;
    }
}
