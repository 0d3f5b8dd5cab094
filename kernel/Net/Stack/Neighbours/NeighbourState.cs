namespace Guest.Net.Stack;

/// <summary>What is known about a neighbour (the idea of RFC 4861, 7.3.2, for either version of IP).</summary>
internal enum NeighbourState
{
    /// <summary>The entry is unused.</summary>
    Free,

    /// <summary>Asked for; no answer yet.</summary>
    Incomplete,

    /// <summary>Known, and confirmed not long ago.</summary>
    Reachable,

    /// <summary>Known by its own word alone: asked as soon as it is in use.</summary>
    Stale,

    /// <summary>Known and in use, and being asked whether it still is so.</summary>
    Probing,

    /// <summary>Asked for often enough; not asked again for a while.</summary>
    Failed,
}
