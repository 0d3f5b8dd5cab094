using System;
using System.Collections.Generic;
using Guest.Pv.Virtio;

namespace Guest.Testing;

/// <summary>A virtio device as its registers show it, on whatever transport, and what tests make it do wrong.</summary>
public sealed class ModelVirtioDevice
{
    public ModelVirtioDevice(uint type, ulong offered, byte[] configuration, params int[] queueSizes)
    {
        Type = type;
        Offered = offered;
        Configuration = configuration;
        Queues = new ModelQueue[queueSizes.Length];
        for (int i = 0; i < Queues.Length; i++)
            Queues[i] = new(queueSizes[i]);
    }

    public uint Type { get; }

    public ulong Offered { get; set; }

    public ulong Accepted { get; set; }

    public byte[] Configuration { get; }

    public byte Generation { get; set; }

    public ModelQueue[] Queues { get; }

    public VirtioStatus Status { get; private set; }

    /// <summary>Every status that was written, in order.</summary>
    public List<VirtioStatus> StatusWrites { get; } = [];

    /// <summary>Queues whose doorbell was rung, in order.</summary>
    public List<int> Notified { get; } = [];

    public int Resets { get; private set; }

    /// <summary>What the device does when a bell is rung.</summary>
    public Action<int>? OnNotify { get; set; }

    /// <summary>It clears FEATURES_OK whatever is accepted.</summary>
    public bool RefusesFeatures { get; set; }

    /// <summary>It never comes out of a reset.</summary>
    public bool StuckInReset { get; set; }

    /// <summary>It takes no MSI-X vector.</summary>
    public bool RefusesVectors { get; set; }

    /// <summary>The legacy interface: no FEATURES_OK.</summary>
    public bool IsLegacy { get; set; }

    public bool Has(VirtioFeatures feature) => (Accepted & (ulong)feature) != 0;

    public void WriteStatus(VirtioStatus status)
    {
        StatusWrites.Add(status);
        if (status == VirtioStatus.None)
        {
            Resets++;
            Accepted = 0;
            foreach (ModelQueue queue in Queues)
                queue.Reset();
        }

        if (RefusesFeatures)
            status &= ~VirtioStatus.FeaturesOk;
        Status = StuckInReset && Resets > 0 ? VirtioStatus.NeedsReset : status;
    }

    public void AskForReset() => Status |= VirtioStatus.NeedsReset;

    public void Notify(int queue)
    {
        Assert.True((Status & VirtioStatus.DriverOk) != 0, "a notification before DRIVER_OK (3.1.1)");
        Notified.Add(queue);
        OnNotify?.Invoke(queue);
    }

    /// <summary>The device's end of a queue that the driver has enabled.</summary>
    public ModelRing Ring(int index)
    {
        ModelQueue queue = Queues[index];
        Assert.True(queue.Enabled, $"queue {index} is not enabled");
        bool eventIndex = Has(VirtioFeatures.EventIndex);
        return queue.Ring ??= Has(VirtioFeatures.PackedRing)
            ? new ModelPackedRing(queue.Size, queue.Descriptors, queue.Driver, queue.Device, eventIndex)
            : new ModelSplitRing(queue.Size, queue.Descriptors, queue.Driver, queue.Device, eventIndex);
    }

    public ModelSplitRing SplitRing(int index) => (ModelSplitRing)Ring(index);
}
