namespace Guest.Pv.Xen;

/// <summary>How an operation on the store ended.</summary>
public enum XenStoreStatus
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>There is no such node (ENOENT).</summary>
    NotFound,

    /// <summary>A transaction met another's change (EAGAIN): do it again.</summary>
    Again,

    /// <summary>It already exists (EEXIST).</summary>
    Exists,

    /// <summary>The store refused it for some other reason.</summary>
    Refused,

    /// <summary>No answer came within the bound.</summary>
    TimedOut,

    /// <summary>The store broke its protocol, and is not used any more.</summary>
    Broken,
}
