namespace Guest.Pv.Virtio;

/// <summary>Violations in words.</summary>
public static class VirtqueueViolations
{
    /// <summary>What the device did, as the end of a sentence about it.</summary>
    public static string Describe(this VirtqueueViolation violation) => violation switch
    {
        VirtqueueViolation.UsedIndexJump => "used more buffers than it was given",
        VirtqueueViolation.UnknownId => "returned a buffer that it does not have",
        VirtqueueViolation.LengthBeyondBuffer => "wrote more than a buffer holds",
        _ => "kept to its protocol",
    };
}
