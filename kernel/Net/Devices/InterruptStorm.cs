using System.Runtime.CompilerServices;
using Guest.Core.Time;

namespace Guest.Net.Devices;

/// <summary>Finds a chip whose interrupts tell of nothing: it is masked then, and polled by time for a second.</summary>
internal struct InterruptStorm
{
    /// <summary>How many interrupts in a row may find nothing before they are a storm.</summary>
    public const int Threshold = 1000;

    private static readonly Duration s_pause = Duration.FromSeconds(1);
    private static readonly Duration s_poll = Duration.FromMilliseconds(10);

    private int _fruitless;
    private bool _quiet;
    private Instant _quietUntil;

    /// <summary>Whether there is one.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Counts an interrupt.</summary>
    /// <returns>Whether a storm begins with it: the chip is to be masked.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool CountInterrupt()
    {
        if (++_fruitless != Threshold)
            return false;
        IsOn = true;
        return true;
    }

    /// <summary>Notes that interrupts were about something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NoteWork() => _fruitless = 0;

    /// <summary>Looks after a storm, which <see cref="IsOn"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isNew">Whether this is the first look at it.</param>
    /// <returns>When the chip, which is masked, is to be polled next; never once the storm is over, and the chip is to be unmasked.</returns>
    public Instant Watch(Instant now, out bool isNew)
    {
        isNew = !_quiet;
        if (isNew)
        {
            _quiet = true;
            _quietUntil = now + s_pause;
        }
        else if (_quietUntil <= now)
        {
            this = default;
            return Instant.Never;
        }

        return now + s_poll;
    }
}
