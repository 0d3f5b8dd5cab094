using System.Threading;

namespace Guest.Core.Scheduling;

public sealed partial class KernelThread
{
    /// <summary>Given to the thread that is to run.</summary>
    internal readonly SemaphoreSlim Baton = new(0);
}
