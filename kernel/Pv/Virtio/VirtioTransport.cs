using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Virtio;

/// <summary>How one virtio device is reached: over PCI or MMIO, modern or legacy (virtio 1.2, 4). A driver sees no other difference
/// than <see cref="IsLegacy"/>.</summary>
/// <remarks>It is also the handler of a shared interrupt line, where the cause must be read from the device.</remarks>
public abstract class VirtioTransport : IInterruptHandler
{
    /// <summary>The bits of an interrupt's cause: a buffer was used, and the configuration changed (virtio 1.2, 4.1.4.5 and 4.2.2).</summary>
    protected const int CauseQueue = 1;

    /// <inheritdoc cref="CauseQueue"/>
    protected const int CauseConfiguration = 2;

    // A value that changes while it is read is read again, this often: a device that never holds still is left at that.
    private const int GenerationRetries = 16;

    /// <summary>Names who pays.</summary>
    protected VirtioTransport(PathCounters counters)
    {
        Counters = counters;
        ConfigurationHandler = new ConfigurationInterrupt(this);
        QueueHandler = new QueueInterrupt();
    }

    /// <summary>What the device costs.</summary>
    public PathCounters Counters { get; }

    /// <summary>The transport's name for people: <c>pci</c>, <c>mmio-legacy</c>.</summary>
    public abstract string Name { get; }

    /// <summary>1 for a network card, 2 for a disk (virtio 1.2, 5).</summary>
    public abstract uint DeviceType { get; }

    /// <summary>The device predates VIRTIO_F_VERSION_1: no FEATURES_OK, and a queue is one block of memory.</summary>
    public virtual bool IsLegacy => false;

    /// <summary>The size of a queue is the device's choice.</summary>
    public virtual bool HasFixedQueueSize => false;

    /// <summary>The configuration changed since this was last set to false.</summary>
    public bool ConfigurationChanged { get; set; }

    /// <summary>The handler of a message for configuration changes alone.</summary>
    protected IInterruptHandler ConfigurationHandler { get; }

    /// <summary>The handler of a message for queues alone.</summary>
    protected IInterruptHandler QueueHandler { get; }

    /// <summary>Begins again with a device that has come where this one was.</summary>
    /// <returns>False if that is not reached in just this way.</returns>
    public virtual bool TryReturn() => false;

    /// <summary>Connects the device's interrupts; once for each device, before a queue is enabled.</summary>
    /// <returns>False where there is no way: the device can only be polled.</returns>
    public abstract bool TryConnectInterrupts();

    /// <summary>Does the same, and says so on the console where there is no way.</summary>
    /// <returns>False where the device can only be polled.</returns>
    public bool ConnectInterruptsOrWarn()
    {
        bool connected = TryConnectInterrupts();
        if (!connected)
            Log.Warn(Counters.Name, $"has no interrupt and is polled");
        return connected;
    }

    /// <summary>Reads the device status.</summary>
    public abstract VirtioStatus ReadStatus();

    /// <summary>Writes the device status; <see cref="VirtioStatus.None"/> resets the device.</summary>
    public abstract void WriteStatus(VirtioStatus status);

    /// <summary>Reads what the device offers.</summary>
    public abstract ulong ReadFeatures();

    /// <summary>Writes what the driver accepts.</summary>
    public abstract void WriteFeatures(ulong features);

    /// <summary>The largest size of a queue, or its only size on a legacy device; 0 where there is no such queue.</summary>
    public abstract int ReadQueueSize(int queue);

    /// <summary>Tells the device where a queue lies and that it may be used.</summary>
    /// <param name="queue">An empty ring of a size that the device allows.</param>
    /// <returns>False if the device does not take it.</returns>
    public abstract bool EnableQueue(Virtqueue queue);

    /// <summary>Reads 8 bits of the device's configuration.</summary>
    public abstract byte ReadConfiguration8(int offset);

    /// <summary>Reads 16 bits of the device's configuration.</summary>
    public abstract ushort ReadConfiguration16(int offset);

    /// <summary>Reads 32 bits of the device's configuration.</summary>
    public abstract uint ReadConfiguration32(int offset);

    /// <summary>Writes 8 bits of the device's configuration.</summary>
    public abstract void WriteConfiguration8(int offset, byte value);

    /// <summary>Reads two neighbouring 32-bit words of the device's configuration as they were at one time.</summary>
    public ulong ReadConfiguration64(int offset)
    {
        ulong value = 0;
        for (int i = 0; i < GenerationRetries; i++)
        {
            uint generation = ReadGeneration();
            value = ReadConfiguration32(offset) | ((ulong)ReadConfiguration32(offset + 4) << 32);
            if (ReadGeneration() == generation)
                break;
        }

        return value;
    }

    /// <summary>Publishes what was added to a queue, and rings the device's bell if it asked for that.</summary>
    public void Publish(Virtqueue queue)
    {
        if (queue.Publish())
            Tell(queue);
    }

    /// <summary>Rings the bell of a queue, whether the device asked for that or not.</summary>
    public void Tell(Virtqueue queue)
    {
        Counters.Count(PathEvent.Notification);
        Ring(queue.Index);
    }

    /// <summary>Cuts a device that no longer obeys, or is given up, off from memory and its interrupts, where the bus can.</summary>
    public virtual void Isolate()
    {
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        int cause = AcknowledgeInterrupt();
        if ((cause & CauseConfiguration) != 0)
            ConfigurationChanged = true;
        return cause != 0;
    }

    /// <summary>Writes the doorbell of a queue.</summary>
    protected abstract void Ring(int queue);

    /// <summary>Reads, and thereby or therewith clears, the cause of an interrupt on a line.</summary>
    protected abstract int AcknowledgeInterrupt();

    /// <summary>A number that changes whenever the configuration does; constant where the transport has none.</summary>
    protected abstract uint ReadGeneration();

    private sealed class ConfigurationInterrupt(VirtioTransport transport) : IInterruptHandler
    {
        public bool OnInterrupt()
        {
            transport.ConfigurationChanged = true;
            return true;
        }
    }

    private sealed class QueueInterrupt : IInterruptHandler
    {
        public bool OnInterrupt() => true;
    }
}
