using Guest.Core.Time;

namespace Guest.Core.Scheduling;

/// <summary>A source of work that the run loop polls: a network interface with its device, a disk, xenbus, the console.</summary>
public interface IPollable
{
    /// <summary>Takes one burst of work to completion, does what <see cref="Deadline"/> made due, and tells the other side
    /// once.</summary>
    /// <returns>Whether anything was done; the loop idles only after a pass in which nobody did anything.</returns>
    bool Poll(Instant now);

    /// <summary>When <see cref="Poll"/> must run even if nothing arrives; <see cref="Instant.Never"/> for not at all.</summary>
    Instant Deadline { get; }

    /// <summary>Asks for an interrupt at the next arrival.</summary>
    /// <returns>False if work is already there: poll again instead of idling.</returns>
    bool Arm();
}
