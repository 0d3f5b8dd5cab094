using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Pv.Xen;
using Guest.Testing;

namespace Guest.Pv.Tests.Xen;

[Collection(nameof(Platform))]
public unsafe class ConsoleAndBusTests
{
    private const string Back = "/local/domain/0/backend/vif/5/0";

    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;

    public ConsoleAndBusTests()
    {
        Platform.Install(new FakePlatform());
        _store = new FakeStore(_xen);
    }

    [Fact]
    public void Written_text_comes_out_at_the_daemon_in_order_however_long()
    {
        (XenConsole console, _, StringBuilder read) = OpenConsole(daemonReads: true);
        string text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i} "));
        console.Write(Encoding.ASCII.GetBytes(text));
        Assert.Equal(text, read.ToString());
    }

    [Fact]
    public void A_daemon_that_does_not_read_is_waited_for_within_the_bound()
    {
        (XenConsole console, _, _) = OpenConsole(daemonReads: false);
        console.Write(new byte[2048]);
        Instant before = _xen.Domain.Now;
        console.Write("lost"u8);
        Assert.Equal(XenConsole.Patience, _xen.Domain.Now - before);
        Assert.Equal(1, console.Counters[PathEvent.Overrun]);
    }

    [Fact]
    public void Typed_bytes_are_read_one_by_one()
    {
        (XenConsole console, nint shared, _) = OpenConsole(daemonReads: true);
        byte* page = (byte*)shared;
        Assert.Equal(-1, console.Read());
        page[0] = (byte)'h';
        page[1] = (byte)'i';
        *(uint*)(page + 3076) = 2;
        Assert.Equal('h', console.Read());
        Assert.Equal('i', console.Read());
        Assert.Equal(-1, console.Read());
    }

    [Fact]
    public void A_console_ring_with_impossible_counters_is_refused()
    {
        (XenConsole console, nint shared, _) = OpenConsole(daemonReads: true);
        byte* page = (byte*)shared;
        *(uint*)(page + 3076) = 5000;
        *(uint*)(page + 3080) = 5000;
        Assert.Equal(-1, console.Read());
        console.Write("x"u8);
        Assert.Equal(2, console.Counters[PathEvent.Violation]);
    }

    [Theory]
    [InlineData(XenBusState.Unknown, XenBusState.Unknown, false, false, false, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Unknown, XenBusState.Unknown, true, false, false, false, FrontendStep.Begin)]
    [InlineData(XenBusState.Initialising, XenBusState.Initialising, true, true, true, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Initialising, XenBusState.InitWait, true, true, true, false, FrontendStep.Connect)]
    [InlineData(XenBusState.Initialising, XenBusState.Closed, true, true, true, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Initialising, XenBusState.Closing, true, true, false, false, FrontendStep.Close)]
    [InlineData(XenBusState.Connected, XenBusState.InitWait, true, true, true, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Connected, XenBusState.Connected, true, true, true, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Connected, XenBusState.Connected, true, true, true, true, FrontendStep.Close)]
    [InlineData(XenBusState.Connected, XenBusState.Closing, true, true, false, false, FrontendStep.Close)]
    [InlineData(XenBusState.Connected, XenBusState.Unknown, true, true, false, false, FrontendStep.Close)]
    [InlineData(XenBusState.Connected, XenBusState.Connected, false, false, false, false, FrontendStep.Forget)]
    [InlineData(XenBusState.Connected, XenBusState.InitWait, true, false, true, false, FrontendStep.Forget)]
    [InlineData(XenBusState.Closed, XenBusState.Closing, true, true, false, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Closed, XenBusState.Closed, true, true, false, false, FrontendStep.Wait)]
    [InlineData(XenBusState.Closed, XenBusState.Closed, true, true, true, false, FrontendStep.Restart)]
    [InlineData(XenBusState.Closed, XenBusState.InitWait, true, true, true, false, FrontendStep.Restart)]
    [InlineData(XenBusState.Closed, XenBusState.Unknown, false, false, false, false, FrontendStep.Forget)]
    public void The_next_step_follows_from_what_is_written(
        XenBusState own, XenBusState back, bool present, bool same, bool online, bool broken, FrontendStep expected) =>
        Assert.Equal(expected, FrontendMachine.Next(own, back, present, same, online, broken));

    [Fact]
    public void A_device_lives_through_connect_detach_and_attach()
    {
        Plug();
        (XenBus bus, List<ProbeFrontend> probes) = StartBus();
        ProbeFrontend probe = Assert.Single(probes);
        Assert.True(probe.Connected);
        Assert.Equal("4", _store["device/vif/0/state"]);

        _store[$"{Back}/online"] = "0";
        _store[$"{Back}/state"] = "5";
        Settle(bus);
        Assert.False(probe.Connected);
        Assert.Equal("6", _store["device/vif/0/state"]);
        _store["device/vif/0"] = null;
        _store[Back] = null;
        Settle(bus);
        Assert.Equal(1, probe.Disconnects);

        Plug();
        Settle(bus);
        Assert.True(probe.Connected);
        Assert.Equal(2, probe.Connects);
    }

    [Fact]
    public void A_back_end_that_restarts_is_connected_anew()
    {
        Plug();
        (XenBus bus, List<ProbeFrontend> probes) = StartBus();
        _store[$"{Back}/state"] = "6";
        Settle(bus);
        Assert.Equal("1", _store["device/vif/0/state"]);
        _store[$"{Back}/state"] = "2";
        Settle(bus);
        Assert.True(probes[0].Connected);
        Assert.Equal(2, probes[0].Connects);
        Assert.Equal(1, probes[0].Counters[PathEvent.Reset]);
    }

    [Fact]
    public void A_front_end_that_broke_connects_anew_ever_later()
    {
        Plug();
        (XenBus bus, List<ProbeFrontend> probes) = StartBus();
        ProbeFrontend probe = probes[0];
        _store.Written = path =>
        {
            if (path.EndsWith("device/vif/0/state", StringComparison.Ordinal) && _store[path] == "6")
                _store[$"{Back}/state"] = "6";
            else if (path.EndsWith("device/vif/0/state", StringComparison.Ordinal) && _store[path] == "1")
                _store[$"{Back}/state"] = "2";
        };
        for (int i = 1; i <= 5; i++)
        {
            Instant before = _xen.Domain.Now;
            probe.BreakNow();
            Settle(bus);
            Assert.True(probe.Connected);
            Assert.Equal(i + 1, probe.Connects);
            Assert.True((_xen.Domain.Now - before).Milliseconds >= 10L << i);
        }
    }

    [Fact]
    public void A_back_end_that_takes_up_no_connection_is_offered_one_ever_more_seldom()
    {
        Plug();
        _store.Written = path =>
        {
            if (path.EndsWith("device/vif/0/state", StringComparison.Ordinal))
                _store[$"{Back}/state"] = _store[path] == "1" ? "2" : "6";
        };
        (XenBus bus, List<ProbeFrontend> probes) = StartBus();

        Instant end = _xen.Domain.Now + Duration.FromSeconds(20);
        while (_xen.Domain.Now < end)
        {
            _xen.Domain.Events.Dispatch();
            if (!bus.Poll(_xen.Domain.Now) && bus.Arm())
                _xen.Domain.Sleep(Instant.Earlier(bus.Deadline, end));
        }

        // At once, then after 20 ms, 40 ms and so on to 5 s.
        Assert.InRange(probes[0].Connects, 9, 13);
    }

    [Fact]
    public void A_device_that_appears_later_is_reported()
    {
        (XenBus bus, List<ProbeFrontend> probes) = StartBus();
        Assert.Empty(probes);
        XenFrontend? reported = null;
        bus.Attached = frontend => reported = frontend;
        Plug();
        Settle(bus);
        Assert.Same(Assert.Single(probes), reported);
        Assert.True(probes[0].Connected);
    }

    [Theory]
    [InlineData("poweroff", false)]
    [InlineData("reboot", true)]
    public void A_shutdown_request_is_obeyed_and_acknowledged(string wish, bool reboot)
    {
        (XenBus bus, _) = StartBus();
        bool? asked = null;
        bus.ShutdownRequested = r => asked = r;
        _store["control/shutdown"] = wish;
        Settle(bus);
        Assert.Equal(reboot, asked);
        Assert.Equal("", _store["control/shutdown"]);
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("s3")]
    [InlineData("a wish longer than any that is known")]
    public void What_cannot_be_done_is_taken_from_the_node_and_the_domain_lives_on(string wish)
    {
        (XenBus bus, _) = StartBus();
        bool? asked = null;
        bus.ShutdownRequested = r => asked = r;
        _store["control/shutdown"] = wish;
        Settle(bus);
        Assert.Null(asked);
        Assert.Equal("", _store["control/shutdown"]);

        _store["control/shutdown"] = "poweroff";
        Settle(bus);
        Assert.Equal(false, asked);
    }

    private (XenConsole Console, nint Page, StringBuilder Read) OpenConsole(bool daemonReads)
    {
        byte* page = DeviceMemory.AllocatePages(1);
        StringBuilder read = new();
        uint port = 0;
        port = _xen.MakePort(() =>
        {
            uint* consumer = (uint*)(page + 3080);
            while (daemonReads && *consumer != *(uint*)(page + 3084))
                read.Append((char)page[1024 + ((*consumer)++ & 2047)]);
            _xen.Raise(port);
        });
        return (new XenConsole(_xen.Domain, page, port), (nint)page, read);
    }

    private void Plug()
    {
        _store[$"{Back}/online"] = "1";
        _store[$"{Back}/state"] = "2";
        _store["device/vif/0/backend-id"] = "0";
        _store["device/vif/0/state"] = "1";
        _store["device/vif/0/backend"] = Back;
    }

    private (XenBus Bus, List<ProbeFrontend> Probes) StartBus()
    {
        List<ProbeFrontend> probes = [];
        XenBus bus = new(_xen.Domain);
        bus.Register("vif", (domain, index) =>
        {
            probes.Add(new ProbeFrontend(domain, index));
            return probes[^1];
        });
        bus.Start(_xen.Domain.Now + Duration.FromSeconds(1));
        return (bus, probes);
    }

    private void Settle(XenBus bus)
    {
        for (int i = 0; i < 100; i++)
        {
            _xen.Domain.Events.Dispatch();
            if (bus.Poll(_xen.Domain.Now) || !bus.Arm())
                continue;
            if (bus.Deadline.IsNever)
                return;
            _xen.Domain.Sleep(bus.Deadline);
        }

        Assert.Fail("the bus does not come to rest");
    }
}
