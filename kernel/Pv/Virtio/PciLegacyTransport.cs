using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pci;

namespace Guest.Pv.Virtio;

/// <summary>A virtio 0.9.5 device on PCI (virtio 1.2, 4.1.4.8): one run of ports in BAR 0, 32 feature bits, queues of a fixed size.</summary>
public sealed class PciLegacyTransport : VirtioTransport
{
    private const int DeviceFeatures = 0;
    private const int DriverFeatures = 4;
    private const int QueueAddress = 8;
    private const int QueueSize = 12;
    private const int QueueSelect = 14;
    private const int QueueNotify = 16;
    private const int DeviceStatus = 18;
    private const int IsrStatus = 19;

    // With MSI-X enabled two vectors stand here, and the device's configuration behind them.
    private const int ConfigurationMsixVector = 20;
    private const int QueueMsixVector = 22;
    private const int ConfigurationWithoutMsix = 20;
    private const int ConfigurationWithMsix = 24;

    private const ushort ConfigurationVector = 0;
    private const ushort QueueVector = 1;
    private const ushort VIRTIO_MSI_NO_VECTOR = 0xffff;

    private readonly PciFunction _function;
    private readonly RegisterWindow _registers;
    private PciInterruptKind _interrupts;

    private PciLegacyTransport(PciFunction function, RegisterWindow registers, PathCounters counters)
        : base(counters)
    {
        _function = function;
        _registers = registers;
        DeviceType = VirtioPci.DeviceTypeOf(function);
    }

    /// <inheritdoc/>
    public override string Name => "pci-legacy";

    /// <inheritdoc/>
    public override uint DeviceType { get; }

    /// <inheritdoc/>
    public override bool IsLegacy => true;

    /// <inheritdoc/>
    public override bool HasFixedQueueSize => true;

    private int Configuration => _interrupts == PciInterruptKind.MsiX ? ConfigurationWithMsix : ConfigurationWithoutMsix;

    /// <summary>Opens the ports of a claimed function.</summary>
    /// <returns>Null if it has no legacy interface.</returns>
    public static PciLegacyTransport? TryOpen(PciFunction function, PathCounters counters)
    {
        if (VirtioPci.DeviceTypeOf(function) == 0 || !VirtioPci.IsTransitional(function) || !function.Bar(0).IsIo)
            return null;
        Enable(function);
        RegisterWindow? registers = function.OpenBar(0, 0, ConfigurationWithMsix);
        return registers is null ? null : new(function, registers, counters);
    }

    /// <inheritdoc/>
    public override bool TryReturn()
    {
        if (PciModernTransport.IsOffered(_function))
            return false;
        Enable(_function);
        ConfigurationChanged = false;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryConnectInterrupts()
    {
        _interrupts = PciInterrupts.Connect(_function, [ConfigurationHandler, QueueHandler], shared: this, allowMsi: false);
        return _interrupts != PciInterruptKind.None;
    }

    /// <inheritdoc/>
    public override VirtioStatus ReadStatus() => (VirtioStatus)_registers.Read8(DeviceStatus);

    /// <inheritdoc/>
    public override void WriteStatus(VirtioStatus status) => _registers.Write8(DeviceStatus, (byte)status);

    /// <inheritdoc/>
    public override ulong ReadFeatures() => _registers.Read32(DeviceFeatures);

    /// <inheritdoc/>
    public override void WriteFeatures(ulong features) => _registers.Write32(DriverFeatures, (uint)features);

    /// <inheritdoc/>
    public override int ReadQueueSize(int queue)
    {
        _registers.Write16(QueueSelect, (ushort)queue);
        return _registers.Read16(QueueSize);
    }

    /// <inheritdoc/>
    public override bool EnableQueue(Virtqueue queue)
    {
        ulong frame = queue.DescriptorArea / DeviceMemory.PageSize;
        if (frame > uint.MaxValue)
            return false;
        _registers.Write16(QueueSelect, (ushort)queue.Index);
        if (_interrupts == PciInterruptKind.MsiX
            && !(TryWriteVector(ConfigurationMsixVector, ConfigurationVector) && TryWriteVector(QueueMsixVector, QueueVector)))
            return false;
        _registers.Write32(QueueAddress, (uint)frame);
        return true;
    }

    /// <inheritdoc/>
    public override byte ReadConfiguration8(int offset) => _registers.Read8(Configuration + offset);

    /// <inheritdoc/>
    public override ushort ReadConfiguration16(int offset) => _registers.Read16(Configuration + offset);

    /// <inheritdoc/>
    public override uint ReadConfiguration32(int offset) => _registers.Read32(Configuration + offset);

    /// <inheritdoc/>
    public override void WriteConfiguration8(int offset, byte value) => _registers.Write8(Configuration + offset, value);

    /// <inheritdoc/>
    public override void Isolate()
    {
        _function.Disable(PciCommand.BusMaster); // messages are writes to memory too
        _function.Enable(PciCommand.InterruptDisable);
    }

    /// <inheritdoc/>
    protected override void Ring(int queue) => _registers.Write16(QueueNotify, (ushort)queue);

    /// <inheritdoc/>
    protected override int AcknowledgeInterrupt() => _registers.Read8(IsrStatus);

    /// <inheritdoc/>
    protected override uint ReadGeneration() => 0;

    private static void Enable(PciFunction function) => function.Enable(PciCommand.IoSpace | PciCommand.MemorySpace | PciCommand.BusMaster);

    private bool TryWriteVector(int register, ushort vector)
    {
        _registers.Write16(register, vector);
        return _registers.Read16(register) != VIRTIO_MSI_NO_VECTOR;
    }
}
