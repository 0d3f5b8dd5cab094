using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

/// <summary>Devices that a toolstack attaches and takes away without end, more of them than there is room for, and back ends that restart.</summary>
public sealed class DevicesComeAndGoTests
{
    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;
    private readonly List<ProbeFrontend> _made = [];
    private readonly List<XenFrontend> _attached = [];
    private readonly List<XenFrontend> _detached = [];
    private readonly XenBus _bus;
    private int _most = int.MaxValue;

    public DevicesComeAndGoTests()
    {
        _store = new FakeStore(_xen);
        _bus = new XenBus(_xen.Domain) { Attached = _attached.Add, Detached = _detached.Add };
        _bus.Register("vif", (domain, index) =>
        {
            if (_made.Count == _most)
                return null;
            _made.Add(new ProbeFrontend(domain, index));
            return _made[^1];
        });
        _bus.Start(_xen.Domain.Now + Duration.FromSeconds(1));
    }

    [Fact]
    public void A_thousand_devices_of_ever_new_numbers_need_no_more_front_ends_than_there_were_at_once()
    {
        Plug(0);
        for (int index = 1; index <= 1_000; index++)
        {
            Plug(index);
            Settle();
            Assert.Equal("4", _store[$"device/vif/{index}/state"]);
            Unplug(index - 1);
            Settle();
        }

        Assert.Equal(2, _made.Count);
        Assert.Equal(1_001, _attached.Count);
        Assert.Equal(1_000, _detached.Count);
        Assert.Equal(1_000, Assert.Single(_made, probe => !probe.IsVacant).Index);
    }

    [Fact]
    public void A_device_that_comes_back_gets_its_own_front_end_again()
    {
        for (int index = 0; index < 3; index++)
            Plug(index);
        Settle();
        for (int index = 0; index < 3; index++)
            Unplug(index);
        Settle();
        Assert.All(_made, probe => Assert.True(probe.IsVacant));

        Plug(2);
        Settle();
        Assert.Same(_made.Single(probe => probe.Index == 2), _attached[^1]);
        Assert.True(_attached[^1].Connected);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void What_is_too_many_is_left_aside_until_another_goes(int most)
    {
        _most = most;
        for (int index = 0; index < 60; index++)
            Plug(index);
        Settle();
        int room = _made.Count;
        Assert.InRange(room, 3, 32);
        Assert.All(_made, probe => Assert.True(probe.Connected));

        int first = _made[0].Index;
        Unplug(first);
        Settle();
        Assert.Equal(room, _made.Count);
        Assert.NotEqual(first, _made[0].Index);
        Assert.All(_made, probe => Assert.True(probe.Connected));
    }

    [Fact]
    public void What_a_toolstack_has_left_of_a_device_is_none()
    {
        _store["device/vif/7/state"] = "6";
        Settle();
        Assert.Empty(_made);
        _store["device/vif/7/backend"] = "";
        Settle();
        Assert.Empty(_made);
        _store["device/vif/7/backend"] = new string('x', 201);
        Settle();
        Assert.Empty(_made);
        Plug(7);
        Settle();
        _store["device/vif/7/backend"] = new string('x', 201);
        Settle();
        Assert.True(Assert.Single(_made).IsVacant);
    }

    [Fact]
    public void A_store_that_is_silent_takes_no_device_away()
    {
        Plug(0);
        Settle();
        _store.Silent = true;
        _store[$"{Back(0)}/online"] = "1";
        for (int i = 0; i < 5; i++)
            _bus.Poll(_xen.Domain.Now);
        Assert.True(_made[0].Connected);
        Assert.Equal(0, _made[0].Disconnects);

        _store.Silent = false;
        _store[$"{Back(0)}/state"] = "5";
        Settle();
        Assert.False(_made[0].Connected);
    }

    [Fact]
    public void A_back_end_that_begins_again_without_a_word_is_connected_anew()
    {
        Plug(0);
        Settle();
        _store[$"{Back(0)}/state"] = "4";
        Settle();
        _store[$"{Back(0)}/state"] = "2";
        Settle();
        Assert.True(_made[0].Connected);
        Assert.Equal(2, _made[0].Connects);
    }

    [Theory]
    [InlineData(1, 10, 14)]
    [InlineData(60_000, 30, 30)]
    public void A_back_end_that_restarts_again_and_again_is_connected_ever_more_seldom_unless_it_has_served(
        int servedMilliseconds, int least, int most)
    {
        _store.Written = path =>
        {
            if (path.EndsWith("vif/0/state", StringComparison.Ordinal) && path.Contains($"/{FakeStore.Home}/device", StringComparison.Ordinal))
                _store[$"{Back(0)}/state"] = _store[path] == "1" ? "2" : _store[path] == "4" ? "4" : "6";
        };
        Plug(0);
        Settle();
        Instant start = _xen.Domain.Now;
        for (long served = 0; _made[0].Connects < 30 && (_xen.Domain.Now - start).Milliseconds - served < 20_000; served += servedMilliseconds)
        {
            Settle();
            _xen.PassTime(servedMilliseconds * 1_000_000L);
            _bus.Poll(_xen.Domain.Now);
            _store[$"{Back(0)}/state"] = "5";
        }

        Assert.InRange(_made[0].Connects, least, most);
    }

    [Fact]
    public void A_front_end_that_always_breaks_is_told_a_few_times_and_counted_always()
    {
        _store.Written = path =>
        {
            if (path.EndsWith("vif/0/state", StringComparison.Ordinal) && path.Contains($"/{FakeStore.Home}/device", StringComparison.Ordinal))
                _store[$"{Back(0)}/state"] = _store[path] == "1" ? "2" : _store[path] == "4" ? "4" : "6";
        };
        Plug(0);
        Settle();
        for (int i = 0; i < 50; i++)
        {
            _made[0].BreakNow();
            Settle();
        }

        Assert.Equal(50, _made[0].Counters[PathEvent.Violation]);
        Assert.Equal(51, _made[0].Connects);
        Assert.True(_xen.Domain.Now - Instant.Zero > Duration.FromSeconds(40 * 5));
    }

    private static string Back(int index) => $"/local/domain/0/backend/vif/5/{index}";

    private void Plug(int index)
    {
        _store[$"{Back(index)}/online"] = "1";
        _store[$"{Back(index)}/state"] = "2";
        _store[$"device/vif/{index}/backend-id"] = "0";
        _store[$"device/vif/{index}/state"] = "1";
        _store[$"device/vif/{index}/backend"] = Back(index);
    }

    private void Unplug(int index)
    {
        _store[$"{Back(index)}/online"] = "0";
        _store[$"{Back(index)}/state"] = "5";
        Settle();
        _store[$"device/vif/{index}"] = null;
        _store[Back(index)] = null;
    }

    private void Settle()
    {
        for (int i = 0; i < 1_000; i++)
        {
            _xen.Domain.Events.Dispatch();
            if (_bus.Poll(_xen.Domain.Now) || !_bus.Arm())
                continue;
            if (_bus.Deadline.IsNever)
                return;
            _xen.Domain.Sleep(_bus.Deadline);
        }

        Assert.Fail("the bus does not come to rest");
    }
}
