namespace Guest.Storage.Devices;

/// <summary>What a virtio disk says of itself that does not change while it is in use (virtio 1.2, 5.2.4). Sizes are in bytes.</summary>
internal readonly record struct VirtioBlkShape(
    int LogicalSectorSize,
    int PhysicalSectorSize,
    int MaxSegments,
    int MaxSegmentBytes,
    bool HasWriteCache,
    long MaxDiscardBytes,
    long MaxWriteZeroesBytes);
