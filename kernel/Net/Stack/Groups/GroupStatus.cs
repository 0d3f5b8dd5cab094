namespace Guest.Net.Stack;

/// <summary>What became of a wish to join a group, or to leave it.</summary>
public enum GroupStatus
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The address is no group's.</summary>
    NoGroup,

    /// <summary>There is no such interface.</summary>
    NoInterface,

    /// <summary>The endpoint is in the group already.</summary>
    AlreadyIn,

    /// <summary>The endpoint is not in the group.</summary>
    NotIn,

    /// <summary>The endpoint, or the interface, is in as many groups as it can be.</summary>
    TooMany,
}
