using System;
using System.Collections.Generic;
using System.Threading;
using Guest.Core.Scheduling;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests;

/// <summary>Several of the kernel's threads, on the scheduler that the kernel has: only the switch of stacks is another.</summary>
[Collection(nameof(Platform))]
public sealed class ThreadTests
{
    private readonly IdlePlatform _platform = new();
    private readonly TestThreads _threads = new();
    private readonly List<string> _log = [];

    public ThreadTests() => Platform.Install(_platform);

    [Fact]
    public void Threads_run_in_the_order_in_which_they_were_started_and_only_when_the_starter_waits()
    {
        _threads.Start(() => _log.Add("a"));
        _threads.Start(() => _log.Add("b"));
        _log.Add("main");

        _threads.JoinAll();

        Assert.Equal(["main", "a", "b"], _log);
    }

    [Fact]
    public void Yield_gives_every_ready_thread_a_turn()
    {
        foreach (string name in (string[])["a", "b"])
        {
            _threads.Start(() =>
            {
                for (int i = 0; i < 3; i++)
                {
                    _log.Add(name);
                    Thread.Yield();
                }
            });
        }

        _threads.JoinAll();

        Assert.Equal(["a", "b", "a", "b", "a", "b"], _log);
    }

    [Fact]
    public void A_thread_that_yields_in_a_loop_does_not_keep_a_sleeper_from_waking()
    {
        _platform.Tick = Duration.FromMicroseconds(10);
        bool isDone = false;
        _threads.Start(() =>
        {
            Thread.Sleep(5);
            isDone = true;
        });

        int turns = 0;
        while (!isDone)
        {
            Assert.True(++turns < 10_000, "the sleeper is not woken");
            Thread.Yield();
        }

        _threads.JoinAll();
        Assert.Empty(_platform.Slept);
    }

    [Fact]
    public void Sleeping_for_no_time_gives_others_a_turn_and_does_not_idle()
    {
        _threads.Start(() => _log.Add("a"));

        Thread.Sleep(0);

        Assert.Equal(["a"], _log);
        Assert.Empty(_platform.Slept);
    }

    [Fact]
    public void Sleepers_wake_in_the_order_of_their_deadlines()
    {
        foreach (int milliseconds in (int[])[30, 10, 20])
        {
            _threads.Start(() =>
            {
                Thread.Sleep(milliseconds);
                _log.Add($"{milliseconds} at {_platform.Now.Nanoseconds / 1_000_000}");
            });
        }

        _threads.JoinAll();

        Assert.Equal(["10 at 10", "20 at 20", "30 at 30"], _log);
    }

    [Fact]
    public void Join_with_a_time_out_says_whether_the_thread_has_ended()
    {
        Thread thread = _threads.Start(() => Thread.Sleep(50));

        Assert.False(thread.Join(0));
        Assert.False(thread.Join(20));
        Assert.True(thread.IsAlive);
        Assert.True(thread.Join(100));
        Assert.False(thread.IsAlive);
        Assert.True(thread.Join(0));
        Assert.Equal(50, (_platform.Time - Instant.Zero).Milliseconds);
    }

    [Fact]
    public void All_who_wait_for_a_threads_end_go_on()
    {
        Thread first = _threads.Start(() => Thread.Sleep(1));
        for (int i = 0; i < 3; i++)
        {
            _threads.Start(() =>
            {
                first.Join();
                _log.Add("joined");
            });
        }

        _threads.JoinAll();

        Assert.Equal(3, _log.Count);
    }

    [Fact]
    public void Mistakes_of_the_program_are_told()
    {
        Thread thread = new(() => { });
        Assert.Throws<InvalidOperationException>(() => thread.Join());
        thread.Start();
        Assert.Throws<InvalidOperationException>(thread.Start);
        Assert.Throws<ArgumentOutOfRangeException>(() => Thread.Sleep(-2));
        Assert.True(thread.Join(1000));
    }

    [Fact]
    public void One_thread_wakes_another()
    {
        using SemaphoreSlim ping = new(0);
        using SemaphoreSlim pong = new(0);
        _threads.Start(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                ping.Wait();
                _log.Add("ping");
                pong.Release();
            }
        });

        for (int i = 0; i < 1000; i++)
        {
            ping.Release();
            pong.Wait();
            Assert.Equal(i + 1, _log.Count);
        }

        _threads.JoinAll();
    }

    [Fact]
    public void A_wait_for_a_semaphore_ends_with_its_time_and_takes_nothing()
    {
        using SemaphoreSlim semaphore = new(0, 2);

        Assert.False(semaphore.Wait(10));
        Assert.Equal(0, semaphore.Release(2));
        Assert.Throws<InvalidOperationException>(() => semaphore.Release());
        Assert.True(semaphore.Wait(10));
        Assert.True(semaphore.Wait(0));
        Assert.False(semaphore.Wait(0));
        Assert.Equal(10, (_platform.Time - Instant.Zero).Milliseconds);
    }

    [Fact]
    public void A_thousand_threads_one_after_the_other_take_the_room_of_one()
    {
        HashSet<KernelThread> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            _threads.Start(() => seen.Add(Processor.Current.Scheduler.Current)).Join();
        }

        Assert.InRange(seen.Count, 1, 2);
        _threads.JoinAll();
    }

    [Fact]
    public void Stacks_of_many_threads_at_once_are_given_back_but_for_a_few()
    {
        for (int wave = 0; wave < 3; wave++)
        {
            for (int i = 0; i < 100; i++)
                _threads.Start(() => Thread.Sleep(1));
            _threads.JoinAll();
            Assert.InRange(_platform.Processor.Scheduler.StackCount, 1, 8);
        }
    }

    [Fact]
    public void A_thread_started_by_a_source_gets_a_stack_on_which_nobody_works()
    {
        // The run loop works on the stack of the thread that ended last.
        KernelThread? ended = null;
        Starter starter = new(() => Assert.NotSame(ended, Processor.Current.Scheduler.Start("by a source", () => _log.Add("ran"))));
        Thread sleeper = _threads.Start(() => Thread.Sleep(1));
        _threads.Start(() => ended = Processor.Current.Scheduler.Current);
        Processor.Current.RunLoop.Add(starter);
        starter.IsReady = () => Processor.Current.Scheduler.Current == ended;

        _threads.JoinAll();
        Thread.Yield();

        Processor.Current.RunLoop.Remove(starter);
        Assert.Equal(["ran"], _log);
        Assert.False(sleeper.IsAlive);
    }

    [Fact]
    public void Only_a_thread_that_was_started_may_wait_for_what_a_thread_does()
    {
        Assert.False(Processor.Current.Scheduler.IsRunning);
        bool isRunning = false;
        _threads.Start(() => isRunning = Processor.Current.Scheduler.IsRunning);
        _threads.JoinAll();
        Assert.True(isRunning);
    }

    private sealed class Starter(Action start) : IPollable
    {
        private bool _hasStarted;

        public Func<bool> IsReady { get; set; } = () => false;

        public bool Poll(Instant now)
        {
            if (_hasStarted || !IsReady())
                return false;
            _hasStarted = true;
            start();
            return true;
        }

        public bool Arm() => true;
    }
}
