using System;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;

namespace Guest.Fuzz.Rings;

/// <summary>A domain with one device on its bus, whose back end a target plays.</summary>
internal sealed class XenBench
{
    private readonly XenBus _bus;

    public XenBench()
    {
        Store = new FakeStore(Xen);
        _bus = new XenBus(Xen.Domain);
    }

    public FakeXen Xen { get; } = new();

    public FakeStore Store { get; }

    public Instant Now => Xen.Domain.Now;

    public void Start(string type, XenFrontendFactory make)
    {
        _bus.Register(type, make);
        _bus.Start(Now + Duration.FromSeconds(1));
        Settle();
    }

    /// <summary>What the run loop does once.</summary>
    public void Poll()
    {
        Xen.Domain.Events.Dispatch();
        _bus.Poll(Now);
        _bus.Arm();
    }

    /// <summary>Runs the bus until it has nothing more to do, and time passes with it.</summary>
    public void Settle(int mostSeconds = 20)
    {
        Instant end = Now + Duration.FromSeconds(mostSeconds);
        while (Now < end)
        {
            Xen.Domain.Events.Dispatch();
            if (_bus.Poll(Now) || !_bus.Arm())
                continue;
            if (_bus.Deadline.IsNever)
                return;
            Xen.Domain.Sleep(_bus.Deadline);
        }
    }
}
