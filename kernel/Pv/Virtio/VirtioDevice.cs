using System;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Virtio;

/// <summary>A device on its way from reset to running, the same for every type (virtio 1.2, 3.1.1).</summary>
/// <remarks>
/// <code>
///   TryBegin         reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK
///   TryCreateQueue   once for each queue
///   Start            DRIVER_OK
/// </code>
/// After a violation the driver calls <see cref="TryReset"/>, takes its buffers back, and calls <see cref="TryRestart"/>.
/// </remarks>
public sealed class VirtioDevice(VirtioTransport transport, int queues)
{
    // Each read is an exit to the hypervisor, so this bounds the wait by some tenths of a second.
    private const int ResetPolls = 100_000;

    private const VirtioFeatures Ring =
        VirtioFeatures.Version1 | VirtioFeatures.EventIndex | VirtioFeatures.AnyLayout | VirtioFeatures.AccessPlatform
        | VirtioFeatures.PackedRing | VirtioFeatures.OrderPlatform;

    // A device that goes wrong again and again is given up, unless it did so much in between.
    private const int MostRestarts = 8;
    private const int ForgivingProgress = 10_000;

    /// <summary>The largest queue, in descriptors, that a device may have of its own choice: what a ring of as many takes is still well below what must
    /// be free when a device comes.</summary>
    private const int LargestFixedQueue = 4096;

    private readonly Virtqueue?[] _queues = new Virtqueue?[queues];
    private readonly int[] _mostWanted = new int[queues];
    private VirtioStatus _status;
    private ulong _wanted;
    private Func<ulong, ulong>? _usable;
    private int _restarts;
    private long _progressAtRestart;

    /// <summary>How the device is reached.</summary>
    public VirtioTransport Transport { get; } = transport;

    /// <summary>What both sides agreed on; a legacy device has none beyond bit 31.</summary>
    public ulong Features { get; private set; }

    /// <summary>The device has given up on itself; only a reset helps.</summary>
    public bool NeedsReset => (Transport.ReadStatus() & VirtioStatus.NeedsReset) != 0;

    private string Name => Transport.Counters.Name;

    /// <summary>Whether all of <paramref name="features"/> were agreed on.</summary>
    public bool Has(VirtioFeatures features) => Has((ulong)features);

    /// <inheritdoc cref="Has(VirtioFeatures)"/>
    public bool Has(ulong features) => (Features & features) == features;

    /// <summary>Resets the device, which from then on touches no buffer.</summary>
    /// <returns>False, with a line on the console, if it does not come out of reset in time: its buffers are not the driver's again.</returns>
    public bool TryReset()
    {
        _status = VirtioStatus.None;
        Transport.WriteStatus(VirtioStatus.None);
        for (int i = 0; i < ResetPolls; i++)
        {
            if (Transport.ReadStatus() == VirtioStatus.None)
                return true;
        }

        Log.Warn(Name, $"does not come out of reset");
        Transport.Isolate();
        return false;
    }

    /// <summary>Resets the device and agrees on features.</summary>
    /// <param name="wanted">The features of the device's type that the driver can use; those of the ring are added, but
    /// <see cref="VirtioFeatures.IndirectDescriptors"/> only if named here.</param>
    /// <param name="usable">Leaves out, of features that are offered, what needs others that are not.</param>
    /// <returns>False, with the reason on the console, if the device cannot be used.</returns>
    public bool TryBegin(ulong wanted, Func<ulong, ulong>? usable = null)
    {
        _wanted = wanted;
        _usable = usable;
        if (!TryReset())
            return false;
        Advance(VirtioStatus.Acknowledge);
        Advance(VirtioStatus.Driver);
        ulong offered = Transport.ReadFeatures();
        Features = (usable is null ? offered : usable(offered)) & (wanted | (ulong)Ring);
        if (Transport.IsLegacy)
        {
            Features &= uint.MaxValue;
            Transport.WriteFeatures(Features);
            return true;
        }

        if (!Has(VirtioFeatures.Version1))
            return Refuse($"offers features {offered:x} without VERSION_1, which its transport needs");
        Transport.WriteFeatures(Features);
        Advance(VirtioStatus.FeaturesOk);
        return (Transport.ReadStatus() & VirtioStatus.FeaturesOk) != 0
            || Refuse($"does not accept features {Features:x} of the {offered:x} that it offers");
    }

    /// <summary>Makes a ring in the layout that was agreed on and gives it to the device.</summary>
    /// <param name="index">The queue's number.</param>
    /// <param name="most">The most descriptors that the driver has a use for, a power of two.</param>
    /// <param name="indirectSegments">With <see cref="VirtioFeatures.IndirectDescriptors"/>, the pieces that one buffer may have.</param>
    /// <returns>Null, with the reason on the console, if the device has no such queue or does not take it.</returns>
    public Virtqueue? TryCreateQueue(int index, int most, int indirectSegments = 0)
    {
        int offered = Transport.ReadQueueSize(index);
        if (offered is <= 0 or > 32768 || (offered & (offered - 1)) != 0)
        {
            Refuse($"says that its queue {index} has {offered} descriptors");
            return null;
        }

        if (!Has(VirtioFeatures.IndirectDescriptors))
            indirectSegments = 0;
        int size = SizeOf(offered, most);
        if (size > LargestFixedQueue)
        {
            Refuse($"has {offered} descriptors in its queue {index}, more than the {LargestFixedQueue} that it may have");
            return null;
        }

        _mostWanted[index] = most;
        Virtqueue queue = MakeQueue(index, size, indirectSegments);
        _queues[index] = queue;
        return TryEnable(queue) ? queue : null;
    }

    /// <summary>Brings a device that has been reset back to where it was, with empty rings, and sets it going.</summary>
    /// <param name="progress">What the device has achieved so far: packets, requests.</param>
    /// <returns>False, with the reason on the console, if it was given up: it changed what it is, or goes wrong too often.</returns>
    public bool TryRestart(long progress)
    {
        _restarts = progress - _progressAtRestart >= ForgivingProgress ? 1 : _restarts + 1;
        _progressAtRestart = progress;
        if (_restarts > MostRestarts)
            return Refuse($"is given up after {MostRestarts} resets");
        ulong features = Features;
        if (!TryBegin(_wanted, _usable) || !TryRestartQueues())
            return false;
        if (Features != features)
            return Refuse($"offered {features:x} before its reset and now {Features:x}, and is given up");
        Start();
        Log.Info(Name, $"was reset and runs again");
        return true;
    }

    /// <summary>Agrees with another device, which has come where this one was, on what this one was used with.</summary>
    /// <returns>False if it offers anything else, or cannot be used.</returns>
    public bool TryReturn()
    {
        ulong features = Features;
        if (!TryBegin(_wanted, _usable))
            return false;
        bool isSame = Features == features;
        Features = features;
        for (int i = 0; isSame && i < _queues.Length; i++)
            isSame = _queues[i] is not { } queue || SizeOf(Transport.ReadQueueSize(i), _mostWanted[i]) == queue.Size;
        _restarts = 0;
        return isSame;
    }

    /// <summary>Sets the device going.</summary>
    public void Start()
    {
        Advance(VirtioStatus.DriverOk);
        string ring = Has(VirtioFeatures.PackedRing) ? "packed" : "split";
        Log.Debug(Name, $"runs over {Transport.Name} with a {ring} ring and features {Features:x}");
    }

    /// <summary>Gives the device up: it is told, and cut off from memory and from interrupting, where the bus can.</summary>
    public void Fail()
    {
        Advance(VirtioStatus.Failed);
        Transport.Isolate();
    }

    /// <summary>Gives the device its queues, empty, after a reset: when it was begun anew, or <see cref="TryReturn"/> agreed with another one.</summary>
    /// <returns>False, with the reason on the console, if it does not take them.</returns>
    public bool TryRestartQueues()
    {
        foreach (Virtqueue? queue in _queues)
        {
            if (queue is null)
                continue;
            int offered = Transport.ReadQueueSize(queue.Index);
            if (Transport.HasFixedQueueSize ? offered != queue.Size : offered < queue.Size)
                return Refuse($"changed the size of its queue {queue.Index} to {offered}");
            queue.Reset();
            if (!TryEnable(queue))
                return false;
        }

        return true;
    }

    private int SizeOf(int offered, int most) => Transport.HasFixedQueueSize || offered < most ? offered : most;

    private Virtqueue MakeQueue(int index, int size, int indirectSegments)
    {
        PathCounters counters = Transport.Counters.Queue(index);
        bool eventIndex = Has(VirtioFeatures.EventIndex);
        if (Has(VirtioFeatures.PackedRing))
            return new PackedQueue(index, size, counters, eventIndex, indirectSegments);
        int alignment = Transport.IsLegacy ? SplitQueue.LegacyAlignment : SplitQueue.ModernAlignment;
        return new SplitQueue(index, size, counters, eventIndex, indirectSegments, alignment);
    }

    private bool TryEnable(Virtqueue queue) =>
        Transport.EnableQueue(queue) || Refuse($"does not take its queue {queue.Index} of {queue.Size} descriptors");

    private void Advance(VirtioStatus status)
    {
        _status |= status;
        Transport.WriteStatus(_status);
    }

    private bool Refuse(LogLine why)
    {
        Log.Warn(Name, ref why);
        Fail();
        return false;
    }
}
