using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;

namespace Guest.Testing;

/// <summary>A model device behind virtio 1.x's PCI registers (virtio 1.2, 4.1.4), laid out as QEMU does: all in BAR 4, MSI-X in BAR 1.</summary>
public sealed class ModelPciVirtio : ModelMachine
{
    public const uint NotifyMultiplier = 4;

    private const ulong Base = 0x38_0000_0000;
    private const int CommonOffset = 0;
    private const int IsrOffset = 0x1000;
    private const int DeviceOffset = 0x2000;
    private const int NotifyOffset = 0x3000;

    private readonly byte[] _msixTable = new byte[0x1000];
    private readonly PathCounters _busCounters = new("pci");

    public ModelPciVirtio(ModelVirtioDevice device, bool msix = true)
        : base(device)
    {
        Function = new(0x1af4, (ushort)(0x1040 + device.Type));
        Function.Set16(PciRegister.InterruptLine, 0x010b);
        Function.AddWideBar(4, Base, 0x4000);
        Capability(1, CommonOffset, 56);
        int notify = Capability(2, NotifyOffset, 0x1000);
        Function.Set32(notify + 16, NotifyMultiplier);
        Capability(3, IsrOffset, 4);
        Capability(4, DeviceOffset, 0x1000);
        if (msix)
        {
            Function.AddMemoryBar(1, 0xfebd_0000, 0x1000);
            int capability = Function.AddCapability(PciCapability.MsiX, 12);
            Function.Set16(capability + 2, 3);
            Function.Set32(capability + 4, 1);
        }

        Platform.AddMemory(Base, 0x4000, (at, counters) => new Window(this, (int)at, counters));
        Platform.AddMemory(0xfebd_0000, 0x1000, (at, counters) => new ByteWindow(_msixTable, (int)at, counters));
    }

    public FakeFunction Function { get; }

    public ushort ConfigurationVector { get; private set; } = ModelQueue.NoVector;

    /// <summary>queue_notify_off of each queue, in units of the multiplier.</summary>
    public List<ushort> NotifyOffsets { get; } = [0, 1, 2, 3];

    /// <summary>Finds the function as the kernel would.</summary>
    public PciFunction Find()
    {
        FakeConfiguration configuration = new(_busCounters) { [0, 3, 0] = Function };
        return Assert.Single(PciBus.Enumerate(Platform, configuration, _busCounters));
    }

    public override VirtioTransport? Open(PathCounters counters) => VirtioPci.TryOpen(Find(), counters);

    public override void InterruptForConfiguration()
    {
        if (Platform.Messages.Count != 0)
            Platform.Messages[ConfigurationVector].Handler.OnInterrupt();
        else
            base.InterruptForConfiguration();
    }

    private int Capability(byte type, uint offset, uint length)
    {
        int at = Function.AddCapability(PciCapability.VendorSpecific, 20);
        Function.Bytes[at + 2] = 20;
        Function.Bytes[at + 3] = type;
        Function.Bytes[at + 4] = 4;
        Function.Set32(at + 8, offset);
        Function.Set32(at + 12, length);
        return at;
    }

    private sealed class Window(ModelPciVirtio model, int start, PathCounters counters) : RegisterWindow(counters, ports: false)
    {
        private uint _deviceSelect;
        private uint _driverSelect;
        private int _queue;

        private ModelVirtioDevice Device => model.Device;

        private ModelQueue? Queue => _queue < Device.Queues.Length ? Device.Queues[_queue] : null;

        protected override byte Load8(int offset) => (start + offset) switch
        {
            20 => (byte)Device.Status,
            21 => Device.Generation,
            IsrOffset => ReadIsr(),
            >= DeviceOffset and < NotifyOffset => Device.Configuration[start + offset - DeviceOffset],
            _ => throw new InvalidOperationException($"8-bit read at {start + offset:x}"),
        };

        protected override ushort Load16(int offset) => (start + offset) switch
        {
            16 => model.ConfigurationVector,
            18 => (ushort)Device.Queues.Length,
            22 => (ushort)_queue,
            24 => (ushort)(Queue?.Size ?? 0),
            26 => Queue?.Vector ?? ModelQueue.NoVector,
            28 => Queue?.Enabled == true ? (ushort)1 : (ushort)0,
            30 => model.NotifyOffsets[_queue],
            >= DeviceOffset and < NotifyOffset => BitConverter.ToUInt16(Device.Configuration, start + offset - DeviceOffset),
            _ => throw new InvalidOperationException($"16-bit read at {start + offset:x}"),
        };

        protected override uint Load32(int offset) => (start + offset) switch
        {
            4 => (uint)(Device.Offered >> (int)(32 * _deviceSelect)),
            >= DeviceOffset and < NotifyOffset => BitConverter.ToUInt32(Device.Configuration, start + offset - DeviceOffset),
            _ => throw new InvalidOperationException($"32-bit read at {start + offset:x}"),
        };

        protected override void Store8(int offset, byte value)
        {
            if (start + offset >= DeviceOffset)
                Device.Configuration[start + offset - DeviceOffset] = value;
            else
                Assert.Equal(20, start + offset);
            if (start + offset == 20)
                Device.WriteStatus((VirtioStatus)value);
            if (start + offset == 20 && value == 0)
                model.ConfigurationVector = ModelQueue.NoVector;
        }

        protected override void Store16(int offset, ushort value)
        {
            ushort vector = Device.RefusesVectors ? ModelQueue.NoVector : value;
            switch (start + offset)
            {
                case 16:
                    model.ConfigurationVector = vector;
                    break;
                case 22:
                    _queue = value;
                    break;
                case 24:
                    Queue!.Size = value;
                    break;
                case 26:
                    Queue!.Vector = vector;
                    break;
                case 28:
                    Assert.Equal(1, value);
                    Queue!.Enabled = true;
                    break;
                case >= NotifyOffset:
                    Assert.Equal((int)(model.NotifyOffsets[value] * NotifyMultiplier), start + offset - NotifyOffset);
                    Device.Notify(value);
                    break;
                default:
                    throw new InvalidOperationException($"16-bit write at {start + offset:x}");
            }
        }

        protected override void Store32(int offset, uint value)
        {
            switch (start + offset)
            {
                case 0:
                    _deviceSelect = value;
                    break;
                case 8:
                    _driverSelect = value;
                    break;
                case 12:
                    int shift = (int)(32 * _driverSelect);
                    Device.Accepted = (Device.Accepted & ~((ulong)uint.MaxValue << shift)) | ((ulong)value << shift);
                    break;
                case 32 or 36:
                    Queue!.Descriptors = Merge(Queue.Descriptors, start + offset == 36, value);
                    break;
                case 40 or 44:
                    Queue!.Driver = Merge(Queue.Driver, start + offset == 44, value);
                    break;
                case 48 or 52:
                    Queue!.Device = Merge(Queue.Device, start + offset == 52, value);
                    break;
                default:
                    throw new InvalidOperationException($"32-bit write at {start + offset:x}");
            }
        }

        private byte ReadIsr()
        {
            byte isr = model.Isr;
            model.Isr = 0;
            return isr;
        }
    }
}
