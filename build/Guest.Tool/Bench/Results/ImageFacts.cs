namespace Guest.Tool.Bench.Results;

/// <summary>Figures of the image that do not depend on traffic.</summary>
internal sealed record ImageFacts
{
    public required string Application { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The least memory with which it boots and answers.</summary>
    public int? MinimumMemoryMiB { get; set; }

    /// <summary>From the kernel's entry to <c>ready</c>, in the guest's own time, where one instruction takes one nanosecond (<c>-icount
    /// shift=0</c>).</summary>
    public string? ReadyUnderInstructionClock { get; set; }
}
