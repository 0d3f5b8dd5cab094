using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Virtio;

/// <summary>A queue of buffers between a driver and a virtio device, in either of the two layouts (virtio 1.2, 2.6).</summary>
/// <remarks>
/// A driver adds buffers, publishes a burst of them at once, and takes them back when the device has used them. A buffer goes by the name,
/// a number, that the driver gave it, or else by its id, that of its first descriptor. The queue moves indices and knows no hardware: how a device is told is the
/// transport's affair. Everything that the device writes is read once and checked; after a <see cref="Violation"/> nothing is handed
/// out until <see cref="Reset"/>.
/// <para>The driver's one obligation: memory behind an added buffer stays the device's until its id was taken back, or the device
/// has confirmed a reset.</para>
/// </remarks>
public abstract class Virtqueue(int index, int size, PathCounters counters)
{
    /// <summary>The queue's number in its device.</summary>
    public int Index { get; } = index;

    /// <summary>Descriptors in the ring, and the bound of ids.</summary>
    public int Size { get; } = size;

    /// <summary>Descriptors that are free now.</summary>
    public int Free { get; protected set; } = size;

    /// <summary>Descriptors that are added and not yet taken back.</summary>
    public int InFlight => Size - Free;

    /// <summary>Descriptors written since the last <see cref="Publish"/>.</summary>
    public int Unpublished { get; protected set; }

    /// <summary>Descriptors that the device was shown and that were not taken back.</summary>
    public int Shown
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Size - Free - Unpublished;
    }

    /// <summary>How the device broke the protocol, if it did.</summary>
    public VirtqueueViolation Violation { get; protected set; }

    /// <summary>The device address of the descriptors.</summary>
    public abstract ulong DescriptorArea { get; }

    /// <summary>The device address of what the driver writes: the available ring, or the driver's event suppression.</summary>
    public abstract ulong DriverArea { get; }

    /// <summary>The device address of what the device writes: the used ring, or the device's event suppression.</summary>
    public abstract ulong DeviceArea { get; }

    /// <summary>Who pays.</summary>
    protected PathCounters Counters { get; } = counters;

    /// <summary>Adds a buffer of one piece.</summary>
    /// <returns>Its id, or -1 when the ring is full.</returns>
    public abstract int Add(ulong address, uint length, bool deviceWrites, int name = -1);

    /// <summary>Adds a buffer of several pieces: the first <paramref name="readable"/> are read by the device, the others written.</summary>
    /// <returns>Its id, or -1 when the ring has no room for it now.</returns>
    public abstract int Add(ReadOnlySpan<VirtioSegment> segments, int readable, int name = -1);

    /// <summary>Adds buffers whose pieces stand in tables that the caller keeps (2.7.5.3, 2.8.7), as many as there is room for: for
    /// VIRTIO_F_INDIRECT_DESC alone.</summary>
    /// <param name="tables">The tables, which hold for each piece its device address, and then <see cref="TableWord"/>; as length, the
    /// bytes of those pieces that the device writes.</param>
    /// <param name="pieces">Entries in each table.</param>
    /// <returns>How many were added, from the front.</returns>
    public abstract int AddTables(ReadOnlySpan<VirtioBuffer> tables, int pieces);

    /// <summary>The second word of an entry in a table.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="deviceWrites">Whether the device writes to the piece.</param>
    /// <param name="next">The number of the next entry; 0 for the last.</param>
    public abstract ulong TableWord(uint length, bool deviceWrites, int next);

    /// <summary>Adds buffers of one piece each, as many as there is room for.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="deviceWrites">Whether the device writes to them; else it reads them.</param>
    /// <returns>How many were added, from the front.</returns>
    public abstract int AddEach(ReadOnlySpan<VirtioBuffer> buffers, bool deviceWrites);

    /// <summary>Shows the device everything that was added since the last call.</summary>
    /// <returns>Whether the device wants to be told; false if there was nothing, or it will find the buffers by itself.</returns>
    public abstract bool Publish();

    /// <summary>Takes back buffers that the device has used; the bytes written are never more than a buffer's writable pieces have.</summary>
    /// <returns>How many were put into <paramref name="used"/>.</returns>
    public abstract int Take(Span<UsedBuffer> used);

    /// <summary>Takes back buffers that the device has used, and gives it a fresh one in the place of each.</summary>
    /// <remarks>For queues whose buffers all have one piece, which the device writes. A fresh buffer is shown to the device at the next
    /// <see cref="Publish"/>; one that the device returns before that is a violation.</remarks>
    /// <param name="fresh">The fresh buffers, at most as many as <paramref name="used"/> has room for; they are used from the front.</param>
    /// <param name="used">Receives what came back.</param>
    /// <returns>How many were exchanged.</returns>
    public abstract int Exchange(ReadOnlySpan<VirtioBuffer> fresh, Span<UsedBuffer> used);

    /// <summary>Takes back one buffer.</summary>
    /// <returns>Its name, or -1 if there is none.</returns>
    public int Take(out uint written)
    {
        UsedBuffer used = default;
        bool any = Take(new Span<UsedBuffer>(ref used)) != 0;
        written = used.Written;
        return any ? used.Name : -1;
    }

    /// <summary>The name of the buffer of an id if it is the device's now, else -1. After the device's reset, those that were are the
    /// driver's again.</summary>
    public abstract int InFlightAt(int id);

    /// <summary>Asks for an interrupt at the next used buffer.</summary>
    /// <returns>False if one is already there.</returns>
    public abstract bool Arm();

    /// <summary>Asks for no more interrupts.</summary>
    public abstract void Park();

    /// <summary>Whether the device has used a buffer that was not taken back. May be asked in an interrupt.</summary>
    public abstract bool HasUsed { get; }

    /// <summary>Empties the ring, for a device that has been reset and not yet been told of it.</summary>
    public abstract void Reset();
}
