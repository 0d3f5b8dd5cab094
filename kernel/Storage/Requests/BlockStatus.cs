namespace Guest.Storage;

/// <summary>How a <see cref="BlockRequest"/> stands. Everything but <see cref="Idle"/>, <see cref="Pending"/> and
/// <see cref="Ok"/> is an error.</summary>
public enum BlockStatus
{
    /// <summary>Never submitted.</summary>
    Idle,

    /// <summary>Submitted and not complete: the request and its memory belong to the queue.</summary>
    Pending,

    /// <summary>Done, wholly.</summary>
    Ok,

    /// <summary>The disk reported an error. Of a write, any part may have reached it.</summary>
    DeviceError,

    /// <summary>The request is not inside the disk (or has no length).</summary>
    OutOfRange,

    /// <summary>Offset, length or memory is not a multiple of what the disk demands (<see cref="BlockLimits"/>).</summary>
    Unaligned,

    /// <summary>The disk may not be written to.</summary>
    ReadOnly,

    /// <summary>The disk does not know this operation.</summary>
    Unsupported,

    /// <summary>The disk did not answer in time, nor after it was reset.</summary>
    TimedOut,

    /// <summary>The disk has no room left to store what was written (a thinly provisioned image).</summary>
    NoSpace,

    /// <summary>The disk was detached, or cannot be brought back.</summary>
    Gone,

    /// <summary>Between a driver and <see cref="BlockQueue"/> only: the device was reset while it had the request, which may or
    /// may not have been executed. The queue submits it again.</summary>
    Reset,
}
