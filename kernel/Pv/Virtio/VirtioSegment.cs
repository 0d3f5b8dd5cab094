namespace Guest.Pv.Virtio;

/// <summary>A run of bytes as a device sees it: its device address and its length in bytes.</summary>
public readonly record struct VirtioSegment(ulong Address, uint Length);
