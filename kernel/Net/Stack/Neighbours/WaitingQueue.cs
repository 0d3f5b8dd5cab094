namespace Guest.Net.Stack;

/// <summary>The frames in <see cref="WaitingFrames"/> that wait for one neighbour, the oldest first.</summary>
internal struct WaitingQueue
{
    /// <summary>The cell where the oldest begins; meaningless while <see cref="Cells"/> is 0.</summary>
    public int First;

    /// <summary>The cell where the newest begins.</summary>
    public int Last;

    /// <summary>Cells that they take together.</summary>
    public int Cells;

    /// <summary>How many frames there are.</summary>
    public int Frames;
}
