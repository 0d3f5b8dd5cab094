using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Guest.Core.Scheduling;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests.Scheduling;

/// <summary>A thread that waits for several things at once, beside threads that wait for one of them.</summary>
[Collection(nameof(Platform))]
public sealed class WaitSetTests
{
    private readonly IdlePlatform _platform = new();
    private readonly TestThreads _threads = new();
    private readonly List<string> _log = [];

    public WaitSetTests() => Platform.Install(_platform);

    private static WaitSet Mine => Processor.Current.Scheduler.Current.WaitSet;

    [Fact]
    public void Any_of_its_queues_ends_the_wait()
    {
        WaitQueue[] queues = [.. Enumerable.Range(0, 5).Select(_ => new WaitQueue())];
        foreach (WaitQueue queue in queues)
        {
            _threads.Start(() =>
            {
                Thread.Sleep(1);
                queue.WakeOne();
            });
            WaitSet wait = AddAll(queues);
            Assert.True(wait.Wait(Instant.Never));
            wait.Clear();
            Assert.All(queues, each => Assert.False(each.HasWaiters));
        }

        _threads.JoinAll();
    }

    [Fact]
    public void One_deadline_ends_the_wait_for_all()
    {
        WaitQueue[] queues = [new(), new()];
        WaitSet wait = AddAll(queues);

        Assert.False(wait.Wait(new Instant(7_000)));

        Assert.Equal(new Instant(7_000), _platform.Time);
        wait.Clear();
        queues[0].WakeAll();
        Assert.False(wait.Wait(new Instant(8_000)));
    }

    [Fact]
    public void A_wake_up_before_the_wait_ends_it_once()
    {
        WaitQueue queue = new();
        WaitSet wait = AddAll(queue, new WaitQueue());
        queue.WakeOne();
        queue.WakeAll();

        Assert.True(wait.Wait(Instant.Never));
        Assert.False(wait.Wait(new Instant(1_000)));
        queue.WakeOne();
        wait.Clear();
        Assert.False(wait.Wait(new Instant(2_000)));
    }

    [Fact]
    public void Several_wake_ups_in_one_pass_make_it_ready_once()
    {
        WaitQueue first = new();
        WaitQueue second = new();
        int turns = 0;
        Thread waiter = _threads.Start(() =>
        {
            WaitSet wait = AddAll(first, second);
            Assert.True(wait.Wait(Instant.Never));
            turns++;
            wait.Clear();
            Thread.Sleep(1);
            turns++;
        });
        Thread.Yield();
        first.WakeOne();
        second.WakeAll();
        first.WakeOne();
        Thread.Yield();
        Assert.Equal(1, turns);

        waiter.Join();
        Assert.Equal(2, turns);
        _threads.JoinAll();
    }

    [Fact]
    public void It_takes_no_wake_up_from_the_threads_that_wait_for_that_alone()
    {
        WaitQueue queue = new();
        StartWaiter("first", queue);
        StartWatcher("before", queue);
        StartWaiter("second", queue);
        StartWatcher("after", queue);
        Thread.Yield();

        queue.WakeOne();
        Thread.Yield();
        Assert.Equal(["after", "before", "first"], _log.Order());
        queue.WakeOne();

        _threads.JoinAll();
        Assert.Equal("second", _log[^1]);
        Assert.False(queue.HasWaiters);
    }

    [Fact]
    public void Waking_all_wakes_threads_in_the_order_in_which_they_came()
    {
        WaitQueue queue = new();
        foreach (string name in (string[])["a", "b", "c"])
            StartWaiter(name, queue);
        StartWatcher("w", queue);
        Thread.Yield();

        queue.WakeAll();

        _threads.JoinAll();
        Assert.Equal(["w", "a", "b", "c"], _log);
    }

    [Fact]
    public void A_thread_whose_time_is_over_leaves_its_queue_wherever_it_stands_there()
    {
        WaitQueue queue = new();
        foreach (int milliseconds in (int[])[30, 10, 50, 20, 40])
        {
            _threads.Start(() =>
            {
                bool woken = queue.Wait(_platform.Time + Duration.FromMilliseconds(milliseconds));
                _log.Add(woken ? $"{milliseconds} woken" : $"{milliseconds}");
            });
        }

        StartWatcher("watcher", queue);
        Thread.Sleep(35);
        Assert.Equal(["10", "20", "30"], _log);
        queue.WakeOne();

        _threads.JoinAll();
        Assert.Equal(["10", "20", "30", "watcher", "50 woken", "40"], _log);
        Assert.False(queue.HasWaiters);
    }

    [Fact]
    public void One_queue_may_be_waited_for_twice()
    {
        WaitQueue queue = new();
        WaitSet wait = AddAll(queue, queue);
        queue.WakeOne();
        Assert.True(wait.Wait(Instant.Never));
        wait.Clear();
        Assert.False(queue.HasWaiters);
    }

    private static WaitSet AddAll(params WaitQueue[] queues)
    {
        WaitSet wait = Mine;
        foreach (WaitQueue queue in queues)
            wait.Add(queue);
        return wait;
    }

    private void StartWaiter(string name, WaitQueue queue) => _threads.Start(() =>
    {
        Assert.True(queue.Wait(Instant.Never));
        _log.Add(name);
    });

    private void StartWatcher(string name, WaitQueue queue) => _threads.Start(() =>
    {
        WaitSet wait = AddAll(queue, new WaitQueue());
        Assert.True(wait.Wait(Instant.Never));
        wait.Clear();
        _log.Add(name);
    });
}
