namespace Guest.Net;

/// <summary>Who has a packet buffer, as hosted builds note and check it.</summary>
internal enum BufferOwner
{
    /// <summary>The pool: whoever else uses it does so after its release.</summary>
    Pool,

    /// <summary>A device's ring, or the queue in front of it, or whoever took it from the pool to fill it.</summary>
    Device,

    /// <summary>The stack, while it looks at a packet.</summary>
    Stack,

    /// <summary>A datagram whose other fragments have not come yet.</summary>
    Reassembly,

    /// <summary>A socket's queue: what arrived and was not read yet, or what was sent and may have to be sent again.</summary>
    Socket,
}
