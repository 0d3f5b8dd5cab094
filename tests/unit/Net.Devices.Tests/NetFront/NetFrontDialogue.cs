using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;
using Driver = Guest.Net.Devices.NetFront;

namespace Guest.Net.Devices.Tests.NetFront;

/// <summary>The real driver and a back end over shared memory, and what a test says to both.</summary>
public abstract class NetFrontDialogue
{
    /// <summary>After so many answers the driver takes back what was sent.</summary>
    private protected const int Burst = 64;

    /// <summary>After so many arrivals it refills.</summary>
    private protected const int RefillBurst = 32;

    private XenBus? _bus;
    private Driver? _driver;

    protected NetFrontDialogue()
    {
        Store = new FakeStore(Hypervisor);
        Back = new FakeNetback(Hypervisor, Store);
    }

    private protected FakeXen Hypervisor { get; } = new();

    private protected FakeStore Store { get; }

    private protected FakeNetback Back { get; }

    private protected PacketPool Pool { get; set; } = new(600);

    private protected Driver Device => _driver!;

    private protected PathCounters Counters => Device.Counters;

    private protected void Start(bool split = true)
    {
        Back.Plug(split);
        StartBus();
        Settle();
    }

    private protected void StartBus()
    {
        _bus = new XenBus(Hypervisor.Domain);
        _bus.Register("vif", (domain, index) => _driver = new Driver(domain, index, "netfront0", Pool));
        _bus.Start(Hypervisor.Domain.Now + Duration.FromSeconds(1));
    }

    private protected void Settle(int mostSeconds = 20)
    {
        Instant end = Hypervisor.Domain.Now + Duration.FromSeconds(mostSeconds);
        while (Hypervisor.Domain.Now < end)
        {
            Hypervisor.Domain.Events.Dispatch();
            if (_bus!.Poll(Hypervisor.Domain.Now) || !_bus.Arm())
                continue;
            if (_bus.Deadline.IsNever)
                return;
            Hypervisor.Domain.Sleep(_bus.Deadline);
        }
    }

    private protected PacketBuffer Packet(int length)
    {
        PacketBuffer packet = Pool.TryTake()!;
        packet.Length = length;
        for (int i = 0; i < length; i++)
            packet.Data[i] = (byte)i;
        return packet;
    }

    private protected PacketBuffer[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Packet(60))];

    private protected void Send(PacketBuffer packet) => Assert.Equal(1, Device.Transmit([packet], more: false));

    private protected List<PacketBuffer> ReceiveAll()
    {
        List<PacketBuffer> all = [];
        PacketBuffer[] burst = new PacketBuffer[32];
        int count;
        while ((count = Device.Receive(burst)) > 0)
            all.AddRange(burst[..count]);
        return all;
    }
}
