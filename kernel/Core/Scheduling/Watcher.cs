namespace Guest.Core.Scheduling;

/// <summary>Is told when a queue's threads are woken, and takes no thread's place: what waits for several things watches each.</summary>
public abstract class Watcher : WaitNode
{
    /// <summary>Called at each wake-up while it watches. It must not wait, nor change the queue but by taking itself off.</summary>
    protected internal abstract void OnWake();
}
