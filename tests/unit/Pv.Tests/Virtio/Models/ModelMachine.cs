using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Testing;

/// <summary>A machine that has one model device, behind some transport's registers.</summary>
public abstract class ModelMachine(ModelVirtioDevice device)
{
    public ModelVirtioDevice Device { get; } = device;

    public FakePlatform Platform { get; } = new();

    /// <summary>The cause of an interrupt on the line.</summary>
    public byte Isr { get; set; }

    /// <summary>Opens the device as the kernel would.</summary>
    public abstract VirtioTransport? Open(PathCounters counters);

    /// <summary>Raises a configuration interrupt by whichever means the driver chose.</summary>
    public virtual void InterruptForConfiguration()
    {
        Isr |= 2;
        Platform.Lines[0].Handler.OnInterrupt();
    }

    protected static ulong Merge(ulong old, bool high, uint value) =>
        high ? (old & uint.MaxValue) | ((ulong)value << 32) : (old & ~(ulong)uint.MaxValue) | value;

    /// <summary>Enables a queue at a page number, laid out as legacy devices lay it (virtio 1.2, 2.7.2).</summary>
    protected static void EnableLegacyQueue(ModelQueue queue, uint page, int alignment)
    {
        queue.Descriptors = (ulong)page * 4096;
        queue.Driver = queue.Descriptors + ((ulong)queue.Size * 16);
        ulong end = queue.Driver + 4 + ((ulong)queue.Size * 2) + 2;
        queue.Device = (end + (ulong)alignment - 1) & ~((ulong)alignment - 1);
        queue.Enabled = page != 0;
    }
}
