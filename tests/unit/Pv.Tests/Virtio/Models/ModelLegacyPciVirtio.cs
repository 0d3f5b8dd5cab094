using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;

namespace Guest.Testing;

/// <summary>A model device behind virtio 0.9.5's ports (virtio 1.2, 4.1.4.8).</summary>
public sealed class ModelLegacyPciVirtio : ModelMachine
{
    private const int FirstPort = 0xc000;

    private readonly byte[] _msixTable = new byte[0x1000];
    private readonly bool _msix;
    private readonly PathCounters _busCounters = new("pci");

    public ModelLegacyPciVirtio(ModelVirtioDevice device, bool msix)
        : base(device)
    {
        _msix = msix;
        device.Offered &= uint.MaxValue;
        Function = new(0x1af4, 0x1000);
        Function.Set16(PciRegister.SubsystemVendorId + 2, (ushort)device.Type);
        Function.Set16(PciRegister.InterruptLine, 0x010b);
        Function.AddPortBar(0, FirstPort, 64);
        if (msix)
        {
            Function.AddMemoryBar(1, 0xfebd_0000, 0x1000);
            int capability = Function.AddCapability(PciCapability.MsiX, 12);
            Function.Set16(capability + 2, 3);
            Function.Set32(capability + 4, 1);
        }

        Platform.AddMemory(0xfebd_0000, 0x1000, (at, counters) => new ByteWindow(_msixTable, (int)at, counters));
        Platform.AddPorts(FirstPort, 64, (at, counters) => new Window(this, counters));
    }

    public FakeFunction Function { get; }

    public ushort ConfigurationVector { get; private set; } = ModelQueue.NoVector;

    private bool MsixEnabled => _msix && (Function.Get16(0x42) & 0x8000) != 0;

    public override VirtioTransport? Open(PathCounters counters)
    {
        FakeConfiguration configuration = new(_busCounters) { [0, 3, 0] = Function };
        return VirtioPci.TryOpen(Assert.Single(PciBus.Enumerate(Platform, configuration, _busCounters)), counters);
    }

    public override void InterruptForConfiguration()
    {
        if (MsixEnabled)
            Platform.Messages[ConfigurationVector].Handler.OnInterrupt();
        else
            base.InterruptForConfiguration();
    }

    private sealed class Window(ModelLegacyPciVirtio model, PathCounters counters) : RegisterWindow(counters, ports: true)
    {
        private int _queue;

        private ModelVirtioDevice Device => model.Device;

        private ModelQueue Queue => Device.Queues[_queue];

        private int Configuration => model.MsixEnabled ? 24 : 20;

        protected override byte Load8(int offset)
        {
            switch (offset)
            {
                case 18:
                    return (byte)Device.Status;
                case 19:
                    byte isr = model.Isr;
                    model.Isr = 0;
                    return isr;
                default:
                    return Device.Configuration[offset - Configuration];
            }
        }

        protected override ushort Load16(int offset) => offset switch
        {
            12 => (ushort)(_queue < Device.Queues.Length ? Queue.Most : 0),
            20 when model.MsixEnabled => model.ConfigurationVector,
            22 when model.MsixEnabled => Queue.Vector,
            _ => BitConverter.ToUInt16(Device.Configuration, offset - Configuration),
        };

        protected override uint Load32(int offset) =>
            offset == 0 ? (uint)Device.Offered : BitConverter.ToUInt32(Device.Configuration, offset - Configuration);

        protected override void Store8(int offset, byte value)
        {
            Assert.Equal(18, offset);
            Device.WriteStatus((VirtioStatus)value);
        }

        protected override void Store16(int offset, ushort value)
        {
            switch (offset)
            {
                case 14:
                    _queue = value;
                    break;
                case 16:
                    Device.Notify(value);
                    break;
                case 20 when model.MsixEnabled:
                    model.ConfigurationVector = value;
                    break;
                case 22 when model.MsixEnabled:
                    Queue.Vector = value;
                    break;
                default:
                    throw new InvalidOperationException($"16-bit write at {offset:x}");
            }
        }

        protected override void Store32(int offset, uint value)
        {
            if (offset == 4)
                Device.Accepted = value;
            else
                EnableLegacyQueue(Queue, value, alignment: 4096);
        }
    }
}
