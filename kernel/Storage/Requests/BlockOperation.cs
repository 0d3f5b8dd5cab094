namespace Guest.Storage;

/// <summary>What a <see cref="BlockRequest"/> asks of a disk.</summary>
public enum BlockOperation
{
    /// <summary>The disk fills the request's memory.</summary>
    Read,

    /// <summary>The disk takes the request's memory. It may keep it in a volatile cache until the next <see cref="Flush"/>.</summary>
    Write,

    /// <summary>Every write that had <i>completed</i> when this was submitted is on stable storage when this completes. Has no range.</summary>
    Flush,

    /// <summary>The range's content is no longer needed; what it reads as afterwards is undefined. Has no memory.</summary>
    Discard,

    /// <summary>The range reads as zeroes afterwards. Has no memory.</summary>
    WriteZeroes,
}
