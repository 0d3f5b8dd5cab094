using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A source of work that the run loop polls: a network interface with its device, a disk, xenbus, the console.</summary>
public interface IPollable
{
    /// <summary>Takes one burst of work to completion, and tells the other side once. A source that must be polled at some time though nothing
    /// arrives starts a <see cref="Timer"/>.</summary>
    /// <returns>Whether there may be more to do at once that <see cref="Arm"/> would not see. The run loop idles only after a pass in
    /// which nobody said so; a source that cannot tell says so whenever it did something.</returns>
    bool Poll(Instant now);

    /// <summary>Asks for an interrupt at the next arrival. Threads may have run since the last <see cref="Poll"/>.</summary>
    /// <returns>False if work is already there: poll again instead of idling.</returns>
    bool Arm();
}
