namespace Guest.Net.Stack;

/// <summary>What became of a fragment.</summary>
internal enum FragmentFate
{
    /// <summary>It is in its place.</summary>
    Kept,

    /// <summary>All of it had come before.</summary>
    Duplicate,

    /// <summary>It overlaps what had come before, or contradicts it about the datagram's end.</summary>
    Overlaps,
}
