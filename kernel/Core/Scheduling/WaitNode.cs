namespace Guest.Core.Scheduling;

/// <summary>A place in a <see cref="WaitQueue"/>: a thread that waits there, or a <see cref="Watcher"/>.</summary>
public abstract class WaitNode
{
    // The queue's links; null while on none, so that whoever joins need not clear them.
    internal WaitNode? Following;
    internal WaitNode? Preceding;

    /// <summary>The queue that it is on.</summary>
    internal WaitQueue? WaitingOn;

    private protected WaitNode()
    {
    }
}
