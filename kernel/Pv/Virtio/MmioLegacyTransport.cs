using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pv.Virtio;

/// <summary>A virtio 0.9.5 device over MMIO (virtio 1.2, 4.2.4): version 1, with a queue's place told as a page number.</summary>
internal sealed class MmioLegacyTransport : MmioTransport
{
    private const int GuestPageSize = 0x028;
    private const int QueueAlign = 0x03c;
    private const int QueuePFN = 0x040;

    internal MmioLegacyTransport(Platform platform, RegisterWindow registers, int line, PathCounters counters)
        : base(platform, registers, line, counters)
    {
    }

    /// <inheritdoc/>
    public override string Name => "mmio-legacy";

    /// <inheritdoc/>
    public override bool IsLegacy => true;

    /// <inheritdoc/>
    public override ulong ReadFeatures() => ReadFeatureWord(0);

    /// <inheritdoc/>
    public override void WriteFeatures(ulong features)
    {
        WriteFeatureWord(0, (uint)features);
        Registers.Write32(GuestPageSize, DeviceMemory.PageSize); // before the first queue's page number
    }

    /// <inheritdoc/>
    public override bool EnableQueue(Virtqueue queue)
    {
        ulong frame = queue.DescriptorArea / DeviceMemory.PageSize;
        if (frame > uint.MaxValue)
            return false;
        SelectForSize(queue);
        Registers.Write32(QueueAlign, SplitQueue.LegacyAlignment);
        Registers.Write32(QueuePFN, (uint)frame);
        return true;
    }

    /// <inheritdoc/>
    protected override uint ReadGeneration() => 0;
}
