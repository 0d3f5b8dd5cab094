namespace Guest.Pv.Virtio;

/// <summary>How a device broke the ring's protocol. A broken ring hands out nothing more until it is reset.</summary>
public enum VirtqueueViolation
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>It claims to have used more buffers than it was given.</summary>
    UsedIndexJump,

    /// <summary>It returned an id that the ring does not have, or that is not in flight.</summary>
    UnknownId,

    /// <summary>It claims to have written more bytes than the buffer has.</summary>
    LengthBeyondBuffer,
}
