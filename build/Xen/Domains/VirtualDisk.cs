namespace Guest.Xen.Rig.Domains;

/// <summary>A disk of a domain, by blkback from a block device of dom0 (xl-disk-configuration(5)).</summary>
/// <param name="Target">dom0's block device, or for a real host a file too.</param>
/// <param name="Device">The name under which the guest has it: <c>xvda</c>.</param>
/// <param name="ReadOnly">Whether writes are refused.</param>
/// <param name="Format">xl's name for what the target holds: raw, qcow, qcow2, vhd.</param>
public sealed record VirtualDisk(string Target, string Device, bool ReadOnly = false, string Format = "raw")
{
    /// <summary>As xl reads it.</summary>
    public override string ToString() => $"format={Format},vdev={Device},access={(ReadOnly ? "ro" : "rw")},target={Target}";
}
