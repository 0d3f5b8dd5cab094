using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

/// <summary>Once the scheduler runs an operation on the store waits as threads do.</summary>
[Collection(nameof(Platform))]
public sealed class XenStoreWaitTests : IDisposable
{
    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;
    private readonly Device _device = new();

    public XenStoreWaitTests()
    {
        _store = new FakeStore(_xen);
        _store.Client.WaitsAsThread = true;
        Platform.Install(new DomainPlatform(_xen.Domain));
        Processor.Current.RunLoop.Add(_device);
    }

    public void Dispose() => Processor.Current.RunLoop.Remove(_device);

    [Fact]
    public void Devices_are_served_while_the_store_is_silent_and_the_wait_ends()
    {
        _store.Silent = true;
        Instant before = _xen.Domain.Now;
        Assert.Equal(XenStoreStatus.TimedOut, _store.Client.ReadNumber($"x", out _));
        Assert.Equal(XenStore.Patience, _xen.Domain.Now - before);
        Assert.InRange(_device.Polls, 1, 100);
    }

    [Fact]
    public void Answers_come_and_watches_that_fire_meanwhile_are_kept()
    {
        _store["x"] = "1";
        _store.Client.Watch($"device", out XenStoreWatch watch);
        watch.Take();
        for (int i = 0; i < 200; i++)
        {
            _store["device/y"] = $"{i}";
            Assert.Equal(XenStoreStatus.Done, _store.Client.ReadNumber($"x", out uint value));
            Assert.Equal(1u, value);
            Assert.True(watch.Take());
        }

        Assert.True(_store.Client.HasEvent);
    }

    [Fact]
    public void Whoever_looks_for_events_while_an_operation_waits_does_not_take_its_answer()
    {
        _store["x"] = "1";
        XenStore client = _store.Client;
        _device.OnPoll = () =>
        {
            Assert.False(client.HasEvent);
            client.TakeEvents();
        };
        _xen.WhileAsleep(() => { });
        Assert.Equal(XenStoreStatus.Done, client.ReadNumber($"x", out uint value));
        Assert.Equal(1u, value);
        _device.OnPoll = null;
    }

    private sealed class Device : IPollable
    {
        public int Polls { get; private set; }

        public Action? OnPoll { get; set; }

        public bool Poll(Instant now)
        {
            Polls++;
            OnPoll?.Invoke();
            return false;
        }

        public bool Arm() => true;
    }

    /// <summary>A domain is all that this machine is.</summary>
    private sealed class DomainPlatform(XenDomain domain) : Platform
    {
        public override string Name => "domain";

        public override Instant Now => domain.Now;

        public override long UtcNanosecondsAtZero => 0;

        public override PageTables PageTables => throw new NotSupportedException();

        public override void Idle(Instant deadline) => domain.Sleep(deadline);

        public override void WriteConsole(ReadOnlySpan<byte> bytes)
        {
        }

        public override int ReadConsole() => -1;

        public override void Shutdown(ShutdownReason reason, int exitCode) => throw new NotSupportedException();

        public override nuint MapDevice(ulong address, ulong length) => 0;

        public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => throw new NotSupportedException();

        public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => throw new NotSupportedException();

        public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message) =>
            throw new NotSupportedException();

        public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => throw new NotSupportedException();
    }
}
