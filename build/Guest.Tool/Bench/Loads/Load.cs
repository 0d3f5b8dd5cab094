using System;

namespace Guest.Tool.Bench.Loads;

/// <summary>A workload that is connected to a subject and can be put on it as often as wanted.</summary>
internal abstract class Load : IDisposable
{
    /// <summary>Whether a run costs the subject something even if it has nothing to do, which is then to be measured and subtracted.</summary>
    public virtual bool HasFixedCost => false;

    /// <summary>Does so many packets or blocks.</summary>
    public abstract LoadResult Run(int units);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
