namespace Guest.Core.Scheduling;

public sealed partial class KernelThread
{
    /// <summary>Where its registers are, while it does not run.</summary>
    internal ulong SavedStackPointer;
}
