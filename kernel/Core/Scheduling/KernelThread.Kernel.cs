namespace Guest.Core.Scheduling;

public sealed partial class KernelThread
{
    /// <summary>The end of its stack.</summary>
    internal ulong StackTop;

    /// <summary>Where its registers are, while it does not run.</summary>
    internal ulong SavedStackPointer;
}
