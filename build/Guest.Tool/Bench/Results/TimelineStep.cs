namespace Guest.Tool.Bench.Results;

/// <summary>One step of one packet's or block's way.</summary>
/// <param name="Owner">Who does it: <c>guest</c>, <c>xen</c>, <c>host kernel</c>, <c>host programs</c>, or <see cref="Halted"/>.</param>
/// <param name="What">What is done.</param>
/// <param name="Instructions">How many instructions it takes; none where the processor halts.</param>
internal sealed record TimelineStep(string Owner, string What, long Instructions)
{
    /// <summary>Nobody: the machine's processor waits for an interrupt.</summary>
    public const string Halted = "halted";
}
