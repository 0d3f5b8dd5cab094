using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Pv.Virtio;

/// <summary>A virtio 1.x device on PCI (virtio 1.2, 4.1): four structures, each somewhere in a BAR, that vendor-specific
/// capabilities point to.</summary>
public sealed class PciModernTransport : VirtioTransport
{
    // struct virtio_pci_cap (4.1.4)
    private const int CapType = 3;
    private const int CapBar = 4;
    private const int CapOffset = 8;
    private const int CapLength = 12;
    private const int CapNotifyMultiplier = 16;

    private const int VIRTIO_PCI_CAP_COMMON_CFG = 1;
    private const int VIRTIO_PCI_CAP_NOTIFY_CFG = 2;
    private const int VIRTIO_PCI_CAP_ISR_CFG = 3;
    private const int VIRTIO_PCI_CAP_DEVICE_CFG = 4;

    // struct virtio_pci_common_cfg (4.1.4.3)
    private const int device_feature_select = 0;
    private const int device_feature = 4;
    private const int driver_feature_select = 8;
    private const int driver_feature = 12;
    private const int config_msix_vector = 16;
    private const int device_status = 20;
    private const int config_generation = 21;
    private const int queue_select = 22;
    private const int queue_size = 24;
    private const int queue_msix_vector = 26;
    private const int queue_enable = 28;
    private const int queue_notify_off = 30;
    private const int queue_desc = 32;
    private const int queue_driver = 40;
    private const int queue_device = 48;
    private const int CommonLength = 56;

    private const ushort ConfigurationVector = 0;
    private const ushort QueueVector = 1;
    private const ushort VIRTIO_MSI_NO_VECTOR = 0xffff;

    private const int MostQueues = 8;

    private readonly PciFunction _function;
    private readonly RegisterWindow _common;
    private readonly RegisterWindow _notify;
    private readonly RegisterWindow _isr;
    private readonly RegisterWindow? _device;
    private readonly uint _notifyMultiplier;
    private readonly Structures _structures;
    private readonly int[] _doorbells = new int[MostQueues];
    private PciInterruptKind _interrupts;

    private PciModernTransport(
        PciFunction function, PathCounters counters, in Structures structures, RegisterWindow common, RegisterWindow notify,
        RegisterWindow isr, RegisterWindow? device)
        : base(counters)
    {
        _function = function;
        DeviceType = VirtioPci.DeviceTypeOf(function);
        _structures = structures;
        _common = common;
        _notify = notify;
        _notifyMultiplier = function.Read32(structures.Notify.Capability + CapNotifyMultiplier);
        _isr = isr;
        _device = device;
    }

    /// <inheritdoc/>
    public override string Name => "pci";

    /// <inheritdoc/>
    public override uint DeviceType { get; }

    /// <summary>Finds the structures of a claimed function.</summary>
    /// <returns>Null if it is not a virtio 1.x device, or lacks one of them.</returns>
    public static PciModernTransport? TryOpen(PciFunction function, PathCounters counters)
    {
        if (VirtioPci.DeviceTypeOf(function) == 0)
            return null;
        Structures structures = new(function);
        if (!structures.AreComplete)
            return null;
        Enable(function);
        RegisterWindow? common = Open(function, structures.Common);
        RegisterWindow? notify = Open(function, structures.Notify);
        RegisterWindow? isr = Open(function, structures.Isr);
        if (common is null || notify is null || isr is null)
            return null;
        RegisterWindow? device = structures.Device.Length == 0 ? null : Open(function, structures.Device);
        return new(function, counters, structures, common, notify, isr, device);
    }

    /// <summary>Whether a virtio function has all the structures.</summary>
    internal static bool IsOffered(PciFunction function) => new Structures(function).AreComplete;

    /// <inheritdoc/>
    public override bool TryReturn()
    {
        if (new Structures(_function) != _structures
            || _function.Read32(_structures.Notify.Capability + CapNotifyMultiplier) != _notifyMultiplier)
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
    public override VirtioStatus ReadStatus() => (VirtioStatus)_common.Read8(device_status);

    /// <inheritdoc/>
    public override void WriteStatus(VirtioStatus status) => _common.Write8(device_status, (byte)status);

    /// <inheritdoc/>
    public override ulong ReadFeatures()
    {
        _common.Write32(device_feature_select, 0);
        ulong features = _common.Read32(device_feature);
        _common.Write32(device_feature_select, 1);
        return features | ((ulong)_common.Read32(device_feature) << 32);
    }

    /// <inheritdoc/>
    public override void WriteFeatures(ulong features)
    {
        _common.Write32(driver_feature_select, 0);
        _common.Write32(driver_feature, (uint)features);
        _common.Write32(driver_feature_select, 1);
        _common.Write32(driver_feature, (uint)(features >> 32));
    }

    /// <inheritdoc/>
    public override int ReadQueueSize(int queue)
    {
        _common.Write16(queue_select, (ushort)queue);
        return _common.Read16(queue_size);
    }

    /// <inheritdoc/>
    public override bool EnableQueue(Virtqueue queue)
    {
        _common.Write16(queue_select, (ushort)queue.Index);
        ulong doorbell = (ulong)_common.Read16(queue_notify_off) * _notifyMultiplier;
        if (doorbell > _structures.Notify.Length - sizeof(ushort))
            return false;
        _doorbells[queue.Index] = (int)doorbell;
        _common.Write16(queue_size, (ushort)queue.Size);
        Write64(queue_desc, queue.DescriptorArea);
        Write64(queue_driver, queue.DriverArea);
        Write64(queue_device, queue.DeviceArea);
        if (_interrupts == PciInterruptKind.MsiX
            && !(TryWriteVector(config_msix_vector, ConfigurationVector) && TryWriteVector(queue_msix_vector, QueueVector)))
            return false;
        _common.Write16(queue_enable, 1);
        return true;
    }

    /// <inheritdoc/>
    public override byte ReadConfiguration8(int offset) => _device?.Read8(offset) ?? 0;

    /// <inheritdoc/>
    public override ushort ReadConfiguration16(int offset) => _device?.Read16(offset) ?? 0;

    /// <inheritdoc/>
    public override uint ReadConfiguration32(int offset) => _device?.Read32(offset) ?? 0;

    /// <inheritdoc/>
    public override void WriteConfiguration8(int offset, byte value) => _device?.Write8(offset, value);

    /// <inheritdoc/>
    public override void Isolate()
    {
        _function.Disable(PciCommand.BusMaster); // messages are writes to memory too
        _function.Enable(PciCommand.InterruptDisable);
    }

    /// <inheritdoc/>
    protected override void Ring(int queue) => _notify.Write16(_doorbells[queue], (ushort)queue);

    /// <inheritdoc/>
    protected override int AcknowledgeInterrupt() => _isr.Read8(0);

    /// <inheritdoc/>
    protected override uint ReadGeneration() => _common.Read8(config_generation);

    private static Structure Find(PciFunction function, int type)
    {
        // The device may offer several, in its order of preference (4.1.4.1): the first that is in a BAR is taken.
        for (int at = function.FindCapability(PciCapability.VendorSpecific); at != 0;
            at = function.FindCapability(PciCapability.VendorSpecific, at))
        {
            if (function.Read8(at + CapType) == type && function.Read8(at + CapBar) < PciFunction.BarCount)
                return new(at, function.Read8(at + CapBar), function.Read32(at + CapOffset), function.Read32(at + CapLength));
        }

        return default;
    }

    private static void Enable(PciFunction function) => function.Enable(PciCommand.MemorySpace | PciCommand.BusMaster);

    private static RegisterWindow? Open(PciFunction function, Structure structure) =>
        function.OpenBar(structure.Bar, structure.Offset, structure.Length);

    private bool TryWriteVector(int register, ushort vector)
    {
        _common.Write16(register, vector);
        return _common.Read16(register) != VIRTIO_MSI_NO_VECTOR;
    }

    private void Write64(int register, ulong value)
    {
        _common.Write32(register, (uint)value);
        _common.Write32(register + 4, (uint)(value >> 32));
    }

    private readonly record struct Structure(int Capability, int Bar, uint Offset, uint Length);

    private readonly record struct Structures(Structure Common, Structure Notify, Structure Isr, Structure Device)
    {
        public Structures(PciFunction function)
            : this(
                Find(function, VIRTIO_PCI_CAP_COMMON_CFG), Find(function, VIRTIO_PCI_CAP_NOTIFY_CFG), Find(function, VIRTIO_PCI_CAP_ISR_CFG),
                Find(function, VIRTIO_PCI_CAP_DEVICE_CFG))
        {
        }

        public bool AreComplete => Common.Length >= CommonLength && Notify.Length >= sizeof(ushort) && Isr.Length != 0;
    }
}
