namespace Guest.Rig.Measure;

/// <summary>A run of instructions, up to the next jump, that a processor executed; or the moment at which it halted.</summary>
/// <param name="Address">The virtual address of the first.</param>
/// <param name="Instructions">How many there are; none: the processor halted.</param>
public readonly record struct ExecutedBlock(ulong Address, int Instructions)
{
    /// <summary>Whether the processor halted here.</summary>
    public bool IsHalt => Instructions == 0;
}
