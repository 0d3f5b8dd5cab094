using System;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Virtio;

/// <summary>A virtio device whose registers are a piece of memory, without a bus (virtio 1.2, 4.2.2): version 2.</summary>
public class MmioTransport : VirtioTransport
{
    private const int MagicValue = 0x000;
    private const int Version = 0x004;
    private const int DeviceID = 0x008;
    private const int DeviceFeatures = 0x010;
    private const int DeviceFeaturesSel = 0x014;
    private const int DriverFeatures = 0x020;
    private const int DriverFeaturesSel = 0x024;
    private const int QueueSel = 0x030;
    private const int QueueNumMax = 0x034;
    private const int QueueNum = 0x038;
    private const int QueueReady = 0x044;
    private const int QueueNotify = 0x050;
    private const int InterruptStatus = 0x060;
    private const int InterruptACK = 0x064;
    private const int Status = 0x070;
    private const int QueueDesc = 0x080;
    private const int QueueDriver = 0x090;
    private const int QueueDevice = 0x0a0;
    private const int ConfigGeneration = 0x0fc;
    private const int Config = 0x100;

    private const uint Magic = 0x7472_6976; // "virt"
    private const uint LegacyVersion = 1;
    private const uint ModernVersion = 2;

    // Interrupts in a row whose cause may be taken from the rings.
    private const int MostUnread = 16;

    private readonly Platform _platform;
    private readonly int _line;
    private Virtqueue[] _queues = [];
    private int _unread;

    /// <summary>Takes a device whose registers have been looked at.</summary>
    private protected MmioTransport(Platform platform, RegisterWindow registers, int line, PathCounters counters)
        : base(counters)
    {
        _platform = platform;
        _line = line;
        Registers = registers;
        DeviceType = registers.Read32(DeviceID);
    }

    /// <inheritdoc/>
    public override string Name => "mmio";

    /// <inheritdoc/>
    public override uint DeviceType { get; }

    /// <summary>The device's registers.</summary>
    private protected RegisterWindow Registers { get; }

    /// <summary>Opens the device of a slot in whichever version it has.</summary>
    /// <returns>Null if the slot is empty, or holds something else.</returns>
    public static MmioTransport? TryOpen(Platform platform, VirtioMmioSlot slot, PathCounters counters)
    {
        if (slot.Length < Config)
            return null;
        nuint mapped = platform.MapDevice(slot.Address, slot.Length);
        if (mapped == 0)
            return null;
        RegisterWindow registers = platform.OpenMemory(mapped, counters);
        if (registers.Read32(MagicValue) != Magic || registers.Read32(DeviceID) == 0)
            return null;
        return registers.Read32(Version) switch
        {
            ModernVersion => new MmioTransport(platform, registers, slot.Line, counters),
            LegacyVersion => new MmioLegacyTransport(platform, registers, slot.Line, counters),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override bool TryConnectInterrupts() => _platform.TryConnectLine(_line, this, Counters);

    /// <inheritdoc/>
    public override VirtioStatus ReadStatus() => (VirtioStatus)Registers.Read32(Status);

    /// <inheritdoc/>
    public override void WriteStatus(VirtioStatus status) => Registers.Write32(Status, (uint)status);

    /// <inheritdoc/>
    public override ulong ReadFeatures() => ReadFeatureWord(0) | ((ulong)ReadFeatureWord(1) << 32);

    /// <inheritdoc/>
    public override void WriteFeatures(ulong features)
    {
        WriteFeatureWord(0, (uint)features);
        WriteFeatureWord(1, (uint)(features >> 32));
    }

    /// <inheritdoc/>
    public override int ReadQueueSize(int queue)
    {
        Registers.Write32(QueueSel, (uint)queue);
        return (int)Registers.Read32(QueueNumMax);
    }

    /// <inheritdoc/>
    public override bool EnableQueue(Virtqueue queue)
    {
        SelectForSize(queue);
        Write64(QueueDesc, queue.DescriptorArea);
        Write64(QueueDriver, queue.DriverArea);
        Write64(QueueDevice, queue.DeviceArea);
        Registers.Write32(QueueReady, 1);
        return Registers.Read32(QueueReady) == 1;
    }

    /// <inheritdoc/>
    public override byte ReadConfiguration8(int offset) => Registers.Read8(Config + offset);

    /// <inheritdoc/>
    public override ushort ReadConfiguration16(int offset) => Registers.Read16(Config + offset);

    /// <inheritdoc/>
    public override uint ReadConfiguration32(int offset) => Registers.Read32(Config + offset);

    /// <inheritdoc/>
    public override void WriteConfiguration8(int offset, byte value) => Registers.Write8(Config + offset, value);

    /// <inheritdoc/>
    protected override void Ring(int queue) => Registers.Write32(QueueNotify, (uint)queue);

    /// <inheritdoc/>
    /// <remarks>The line has no message to tell what it is about, and stays raised until every cause is acknowledged. A used buffer in a
    /// ring is a cause that need not be read from the device, which saves one access of two. If there is another cause besides, the line
    /// stays raised, and the interrupt that follows finds the ring empty and reads it; and one interrupt in so many reads it anyway,
    /// so that nothing which a ring holds can hide it. (The read that 4.2.3.4.1 of virtio 1.2 asks of the driver has no effect on a
    /// device: it cannot tell.)</remarks>
    protected override int AcknowledgeInterrupt()
    {
        if (_unread < MostUnread && HasUsed())
        {
            _unread++;
            Registers.Write32(InterruptACK, CauseQueue);
            return CauseQueue;
        }

        _unread = 0;
        uint cause = Registers.Read32(InterruptStatus);
        if (cause != 0)
            Registers.Write32(InterruptACK, cause);
        return (int)cause;
    }

    /// <inheritdoc/>
    protected override uint ReadGeneration() => Registers.Read32(ConfigGeneration);

    /// <summary>Selects a queue, tells the device its size, and keeps it in mind for interrupts.</summary>
    private protected void SelectForSize(Virtqueue queue)
    {
        Remember(queue);
        Registers.Write32(QueueSel, (uint)queue.Index);
        Registers.Write32(QueueNum, (uint)queue.Size);
    }

    /// <summary>Reads 32 of the features that the device offers.</summary>
    private protected uint ReadFeatureWord(uint word)
    {
        Registers.Write32(DeviceFeaturesSel, word);
        return Registers.Read32(DeviceFeatures);
    }

    /// <summary>Accepts features among 32.</summary>
    private protected void WriteFeatureWord(uint word, uint features)
    {
        Registers.Write32(DriverFeaturesSel, word);
        Registers.Write32(DriverFeatures, features);
    }

    private void Remember(Virtqueue queue)
    {
        foreach (Virtqueue known in _queues)
        {
            if (known == queue)
                return;
        }

        Array.Resize(ref _queues, _queues.Length + 1);
        _queues[^1] = queue;
    }

    private bool HasUsed()
    {
        foreach (Virtqueue queue in _queues)
        {
            if (queue.HasUsed)
                return true;
        }

        return false;
    }

    private void Write64(int register, ulong value)
    {
        Registers.Write32(register, (uint)value);
        Registers.Write32(register + 4, (uint)(value >> 32));
    }
}
