namespace Guest.Pv.Virtio;

/// <summary>A buffer that came back from a device: the number that it goes by, and the bytes that the device says it wrote.</summary>
public readonly record struct UsedBuffer(int Name, uint Written);
