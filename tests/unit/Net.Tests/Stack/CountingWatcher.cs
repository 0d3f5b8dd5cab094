using Guest.Core.Scheduling;

namespace Guest.Net.Tests.Stack;

/// <summary>Counts the wake-ups of what it watches.</summary>
internal sealed class CountingWatcher : Watcher
{
    public int Count { get; private set; }

    protected override void OnWake() => Count++;
}
