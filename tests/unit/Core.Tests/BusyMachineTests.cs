using System;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests;

/// <summary>A machine that never idles hears what only an interrupt tells.</summary>
[Collection(nameof(Platform))]
public sealed class BusyMachineTests : IDisposable
{
    private static readonly Duration s_patience = Duration.FromMilliseconds(10);

    private readonly IdlePlatform _platform = new();
    private readonly TestThreads _threads = new();
    private readonly Flood _flood;

    public BusyMachineTests()
    {
        Platform.Install(_platform);
        Processor.Current.RunLoop.Pass();
        _flood = new Flood(_platform);
    }

    public void Dispose()
    {
        Processor.Current.RunLoop.Remove(_flood);
        ConsoleInput.Instance.OnStatusRequest = null;
    }

    [Theory]
    [InlineData(5)]
    [InlineData(700)]
    [InlineData(6_000)]
    public void Under_a_flood_that_never_lets_it_idle(long microsecondsEachPass)
    {
        _flood.Cost = Duration.FromMicroseconds(microsecondsEachPass);
        Processor.Current.RunLoop.Add(_flood);

        AssertHeard(deadline => Processor.Current.Scheduler.Sleep(deadline));
    }

    [Fact]
    public void While_one_thread_computes_and_yields() =>
        AssertHeard(deadline =>
        {
            while (_platform.Time < deadline)
            {
                _platform.Time += Duration.FromMilliseconds(1);
                Thread.Yield();
            }
        });

    [Fact]
    public void While_threads_compute_and_hand_over_to_one_another()
    {
        using SemaphoreSlim ping = new(0);
        using SemaphoreSlim pong = new(0);
        bool isOver = false;
        _threads.Start(() =>
        {
            while (!isOver)
            {
                ping.Wait();
                _platform.Time += Duration.FromMilliseconds(1);
                pong.Release();
            }
        });
        AssertHeard(deadline =>
        {
            while (_platform.Time < deadline)
            {
                ping.Release();
                pong.Wait();
                _platform.Time += Duration.FromMilliseconds(1);
            }
        });
        isOver = true;
        ping.Release();
        _threads.JoinAll();
    }

    [Fact]
    public void A_sleeper_is_woken_in_time_while_others_hand_over_to_one_another()
    {
        using SemaphoreSlim ping = new(0);
        using SemaphoreSlim pong = new(0);
        Instant woken = Instant.Never;
        bool isOver = false;
        _threads.Start(() =>
        {
            Thread.Sleep(3);
            woken = _platform.Time;
            isOver = true;
        });
        _threads.Start(() =>
        {
            while (!isOver)
            {
                ping.Wait();
                _platform.Time += Duration.FromMilliseconds(1);
                pong.Release();
            }
        });
        while (!isOver)
        {
            ping.Release();
            pong.Wait();
        }

        ping.Release();
        _threads.JoinAll();
        Assert.InRange(woken.Nanoseconds, 3_000_000, 3_000_000 + s_patience.Nanoseconds);
    }

    [Fact]
    public void Listening_costs_nothing_that_a_packet_feels()
    {
        _flood.Cost = Duration.FromMicroseconds(5);
        Processor.Current.RunLoop.Add(_flood);

        Processor.Current.Scheduler.Sleep(new Instant(1_000_000_000));

        Assert.InRange(_flood.Passes / _platform.Listened.Count, 100, int.MaxValue);
    }

    [Fact]
    public void A_clock_that_began_again_does_not_make_the_machine_deaf()
    {
        _platform.Time = new Instant(long.MaxValue / 2);
        Processor.Current.RunLoop.Pass();
        _platform.Listened.Clear();
        _platform.Time = Instant.Zero;

        Processor.Current.RunLoop.Pass();

        Assert.Single(_platform.Listened);
    }

    /// <summary>Ctrl-T is typed again and again while something keeps the machine busy until the deadline.</summary>
    private void AssertHeard(Action<Instant> keepBusy)
    {
        Instant typed = Instant.Zero;
        int answers = 0;
        ConsoleInput.Instance.OnStatusRequest = () =>
        {
            answers++;
            Assert.InRange((_platform.Time - typed).Nanoseconds, 0, s_patience.Nanoseconds);
            Type();
        };
        void Type()
        {
            typed = _platform.Time;
            _platform.Pending = () =>
            {
                _platform.Typed.Enqueue(0x14);
                ConsoleInput.Typed();
            };
        }

        Type();
        keepBusy(_platform.Time + Duration.FromSeconds(1));

        Assert.InRange(answers, 80, int.MaxValue);
        Assert.Empty(_platform.Slept);
    }

    /// <summary>A source that has always more to do.</summary>
    private sealed class Flood(IdlePlatform platform) : IPollable
    {
        public Duration Cost { get; set; }

        public int Passes { get; private set; }

        public bool Poll(Instant now)
        {
            Passes++;
            platform.Time += Cost;
            return true;
        }

        public bool Arm() => false;
    }
}
