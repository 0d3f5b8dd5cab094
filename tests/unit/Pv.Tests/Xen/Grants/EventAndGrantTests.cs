using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public unsafe class EventAndGrantTests
{
    private readonly FakeXen _xen = new();
    private readonly PathCounters _payer = new("test");

    private EventChannels Events => _xen.Domain.Events;

    private GrantTable Grants => _xen.Domain.Grants;

    [Fact]
    public void Upcalls_stay_off() => Assert.Equal(1, *_xen.Shared.UpcallMask);

    [Fact]
    public void An_event_reaches_its_handler_and_is_counted_for_its_device()
    {
        Recorder handler = new();
        int port = Events.Allocate(0, handler, _payer);
        Assert.False(Events.Dispatch());
        _xen.Raise((uint)port);
        Assert.True(Events.Dispatch());
        Assert.False(Events.Dispatch());
        Assert.Equal(1, handler.Times);
        Assert.Equal(1, _payer[PathEvent.Interrupt]);
    }

    [Fact]
    public void Events_in_different_words_are_all_found()
    {
        Recorder handler = new();
        List<uint> ports = [];
        for (int i = 0; i < 100; i++)
            ports.Add((uint)Events.Allocate(0, handler, _payer));
        foreach (uint port in ports)
            _xen.Raise(port);
        Assert.True(Events.Dispatch());
        Assert.Equal(100, handler.Times);
    }

    [Fact]
    public void An_event_that_came_while_masked_is_found_on_unmask()
    {
        Recorder handler = new();
        int port = Events.Allocate(0, handler, _payer);
        Events.Mask(port);
        _xen.Raise((uint)port);
        Assert.False(Events.Dispatch());
        Events.Unmask(port);
        Assert.True(Events.Dispatch());
        Assert.Equal(1, handler.Times);
    }

    [Fact]
    public void A_masked_channel_ends_no_sleep()
    {
        int loud = Events.Allocate(0, new Recorder(), _payer);
        int quiet = Events.Allocate(0, new Recorder(), _payer);
        Events.Mask(loud);
        Events.Sleep(1);
        Assert.Equal([(uint)quiet], _xen.LastPolled);
    }

    [Fact]
    public void A_sleep_ends_at_the_event_and_costs_one_hypercall()
    {
        Recorder handler = new();
        int port = Events.Allocate(0, handler, _payer);
        _xen.WhileAsleep(() => _xen.Raise((uint)port));
        long before = _xen.Made(HypercallNumber.SchedOp);
        _xen.Domain.Sleep(Instant.Never);
        Assert.Equal(1, handler.Times);
        Assert.Equal(1, _xen.Made(HypercallNumber.SchedOp) - before);
    }

    [Fact]
    public void An_event_that_came_before_the_sleep_ends_it_without_a_hypercall()
    {
        int port = Events.Allocate(0, new Recorder(), _payer);
        _xen.Raise((uint)port);
        _xen.Domain.Sleep(Instant.Never);
        Assert.Equal(0, _xen.Made(HypercallNumber.SchedOp));
    }

    [Fact]
    public void A_sleep_ends_at_its_deadline()
    {
        Instant deadline = _xen.Domain.Now + Duration.FromMilliseconds(5);
        _xen.Domain.Sleep(deadline);
        Assert.Equal(deadline, _xen.Domain.Now);
    }

    [Fact]
    public void A_closed_channel_reaches_nobody()
    {
        Recorder handler = new();
        int port = Events.Allocate(0, handler, _payer);
        Events.Close(port, _payer);
        _xen.Raise((uint)port);
        Assert.False(Events.Dispatch());
        Assert.Equal(0, handler.Times);
        Assert.Contains((uint)port, _xen.Closed);
    }

    [Fact]
    public void Hypercalls_are_counted_by_number_and_for_the_device()
    {
        int port = Events.Allocate(0, new Recorder(), _payer);
        Events.Send(port, _payer);
        Assert.Equal(2, _xen.Made(HypercallNumber.EventChannelOp));
        Assert.Equal(2, _payer[PathEvent.Hypercall]);
        Assert.Equal(1, _payer[PathEvent.Notification]);
    }

    [Fact]
    public void A_grant_names_page_domain_and_right()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        uint reference = Grants.Grant(3, page, readOnly: true, _payer);
        Assert.Equal((nint)page, (nint)_xen.Machine.Resolve(reference, 3, write: false));
        Assert.NotEqual(0u, _xen.Machine.Entry(reference).FlagsAndDomain & GrantEntry.ReadOnly);
    }

    [Fact]
    public void The_toolstacks_references_are_never_handed_out()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        HashSet<uint> seen = [];
        uint reference;
        while ((reference = Grants.Grant(0, page, false, _payer)) != 0)
            Assert.True(reference >= 8 && seen.Add(reference));
        Assert.Equal((4 * 512) - 8, seen.Count);
    }

    [Fact]
    public void A_reference_comes_back_when_access_ends()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        uint reference = Grants.Grant(0, page, false, _payer);
        Assert.Equal(1, Grants.InUse);
        Assert.True(Grants.TryEnd(reference, _payer));
        Assert.Equal(0u, _xen.Machine.Entry(reference).FlagsAndDomain);
        Assert.Equal(0, Grants.InUse);
        Assert.Equal(reference, Grants.Grant(0, page, false, _payer));
    }

    [Fact]
    public void A_page_that_is_still_mapped_keeps_its_reference()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        uint reference = Grants.Grant(0, page, false, _payer);
        _xen.Machine.Entry(reference).FlagsAndDomain |= 16;
        Assert.False(Grants.TryEnd(reference, _payer));
        Assert.NotEqual(reference, Grants.Grant(0, page, false, _payer));
        _xen.Machine.Entry(reference).FlagsAndDomain &= ~16u;
        Assert.True(Grants.TryEnd(reference, _payer));
    }

    private sealed class Recorder : IInterruptHandler
    {
        public int Times { get; private set; }

        public bool OnInterrupt()
        {
            Times++;
            return true;
        }
    }
}
