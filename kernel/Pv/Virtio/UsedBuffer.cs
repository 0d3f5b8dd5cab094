namespace Guest.Pv.Virtio;

/// <summary>A buffer that came back from a device: its id, and the bytes that the device says it wrote.</summary>
public readonly record struct UsedBuffer(int Id, uint Written);
