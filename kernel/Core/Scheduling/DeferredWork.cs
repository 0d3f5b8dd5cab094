using System;

namespace Guest.Core.Scheduling;

/// <summary>What an interrupt leaves to the next pass of the run loop, since it must be short itself.</summary>
/// <param name="run">Does it.</param>
public sealed class DeferredWork(Action run)
{
    internal readonly Action Run = run;
    internal DeferredWork? Next;
    internal bool IsPending;
}
