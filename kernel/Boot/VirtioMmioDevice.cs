using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>A virtio device in a slot.</summary>
/// <param name="Slot">Where it is.</param>
/// <param name="Type">What it says it is (virtio 1.2, 5).</param>
internal readonly record struct VirtioMmioDevice(VirtioMmioSlot Slot, uint Type);
