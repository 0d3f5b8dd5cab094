using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Testing;

/// <summary>A model device behind virtio-mmio's registers (virtio 1.2, 4.2.2 and 4.2.4).</summary>
public sealed class ModelMmioVirtio : ModelMachine
{
    public static readonly VirtioMmioSlot Slot = new(0xfeb0_0000, 512, 12);

    public ModelMmioVirtio(ModelVirtioDevice device, uint version)
        : base(device)
    {
        Version = version;
        if (version == 1)
            device.Offered &= uint.MaxValue;
        Platform.AddMemory(Slot.Address, Slot.Length, (_, counters) => new Window(this, counters));
    }

    public uint Magic { get; set; } = 0x7472_6976;

    public uint Version { get; set; }

    public override VirtioTransport? Open(PathCounters counters) => MmioTransport.TryOpen(Platform, Slot, counters);

    private sealed class Window(ModelMmioVirtio model, PathCounters counters) : RegisterWindow(counters, ports: false)
    {
        private uint _deviceSelect;
        private uint _driverSelect;
        private uint _pageSize;
        private uint _alignment;
        private int _queue;

        private ModelVirtioDevice Device => model.Device;

        private ModelQueue Queue => Device.Queues[_queue];

        protected override byte Load8(int offset) => Device.Configuration[offset - 0x100];

        protected override ushort Load16(int offset) => BitConverter.ToUInt16(Device.Configuration, offset - 0x100);

        protected override uint Load32(int offset) => offset switch
        {
            0x000 => model.Magic,
            0x004 => model.Version,
            0x008 => Device.Type,
            0x010 => (uint)(Device.Offered >> (int)(32 * _deviceSelect)),
            0x034 => (uint)(_queue < Device.Queues.Length ? Queue.Most : 0),
            0x044 when model.Version == 2 => Queue.Enabled ? 1u : 0,
            0x060 => model.Isr,
            0x070 => (uint)Device.Status,
            0x0fc when model.Version == 2 => Device.Generation,
            >= 0x100 => BitConverter.ToUInt32(Device.Configuration, offset - 0x100),
            _ => throw new InvalidOperationException($"read at {offset:x}"),
        };

        protected override void Store8(int offset, byte value) => Device.Configuration[offset - 0x100] = value;

        protected override void Store16(int offset, ushort value) => throw new InvalidOperationException($"16-bit write at {offset:x}");

        protected override void Store32(int offset, uint value)
        {
            switch (offset)
            {
                case 0x014:
                    _deviceSelect = value;
                    break;
                case 0x020:
                    Device.Accepted = Merge(Device.Accepted, _driverSelect == 1, value);
                    break;
                case 0x024:
                    _driverSelect = value;
                    break;
                case 0x030:
                    _queue = (int)value;
                    break;
                case 0x038:
                    Queue.Size = (int)value;
                    break;
                case 0x050:
                    Device.Notify((int)value);
                    break;
                case 0x064:
                    model.Isr &= (byte)~value;
                    break;
                case 0x070:
                    Device.WriteStatus((VirtioStatus)value);
                    break;
                default:
                    StoreQueue(offset, value);
                    break;
            }
        }

        private void StoreQueue(int offset, uint value)
        {
            bool modern = model.Version == 2;
            switch (offset)
            {
                case 0x028 when !modern:
                    _pageSize = value;
                    break;
                case 0x03c when !modern:
                    _alignment = value;
                    break;
                case 0x040 when !modern:
                    Assert.Equal(4096u, _pageSize);
                    EnableLegacyQueue(Queue, value, (int)_alignment);
                    break;
                case 0x044 when modern:
                    Queue.Enabled = value == 1;
                    break;
                case 0x080 or 0x084 when modern:
                    Queue.Descriptors = Merge(Queue.Descriptors, offset == 0x084, value);
                    break;
                case 0x090 or 0x094 when modern:
                    Queue.Driver = Merge(Queue.Driver, offset == 0x094, value);
                    break;
                case 0x0a0 or 0x0a4 when modern:
                    Queue.Device = Merge(Queue.Device, offset == 0x0a4, value);
                    break;
                default:
                    throw new InvalidOperationException($"write at {offset:x} of version {model.Version}");
            }
        }
    }
}
