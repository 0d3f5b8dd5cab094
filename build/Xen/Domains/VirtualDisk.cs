namespace Guest.Xen.Rig.Domains;

/// <summary>A disk of a domain, by blkback from a block device of dom0 (xl-disk-configuration(5)).</summary>
/// <param name="Target">dom0's block device, or for a real host a file with a raw image too.</param>
/// <param name="Device">The name under which the guest has it: <c>xvda</c>.</param>
/// <param name="ReadOnly">Whether writes are refused.</param>
public sealed record VirtualDisk(string Target, string Device, bool ReadOnly = false)
{
    /// <summary>As xl reads it.</summary>
    public override string ToString() => $"format=raw,vdev={Device},access={(ReadOnly ? "ro" : "rw")},target={Target}";
}
