namespace Guest.Pv.Virtio;

/// <summary>A buffer of one piece.</summary>
/// <param name="Address">Its device address.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Name">The number, 0 or more, by which the driver wants to know it when it comes back.</param>
public readonly record struct VirtioBuffer(ulong Address, uint Length, int Name);
