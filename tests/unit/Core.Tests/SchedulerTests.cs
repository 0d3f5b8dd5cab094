using Guest.Core.Scheduling;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests;

/// <summary>One thread that waits, and the run loop that serves the devices meanwhile.</summary>
[Collection(nameof(Platform))]
public sealed class SchedulerTests
{
    private readonly IdlePlatform _platform = new();

    public SchedulerTests() => Platform.Install(_platform);

    [Fact]
    public void A_thread_that_waits_is_woken_by_what_a_source_finds()
    {
        WaitQueue queue = new();
        Source source = new(_platform) { Arrival = new Instant(5_000), OnArrival = queue.WakeOne };
        Processor.Current.RunLoop.Add(source);

        Assert.True(queue.Wait(Instant.Never));

        Assert.Equal(new Instant(5_000), _platform.Time);
        Assert.False(queue.HasWaiters);
    }

    [Fact]
    public void A_wait_ends_at_its_deadline_and_says_so()
    {
        WaitQueue queue = new();

        Assert.False(queue.Wait(new Instant(9_000)));

        Assert.Equal(new Instant(9_000), _platform.Time);
        Assert.False(queue.HasWaiters);
    }

    [Fact]
    public void The_machine_sleeps_no_longer_than_until_the_earliest_timer_and_polls_its_sources_then()
    {
        Source source = new(_platform);
        Processor.Current.RunLoop.Add(source);
        int pollsBefore = 0;
        Timer timer = new(_platform.Processor.Timers, _ => pollsBefore = source.Polls);
        timer.Start(new Instant(3_000));

        Processor.Current.Scheduler.Sleep(new Instant(8_000));

        Assert.Equal(new Instant(3_000), _platform.Slept[0]);
        Assert.Equal(2, pollsBefore); // one before it slept
        Assert.Equal(new Instant(8_000), _platform.Time);
    }

    [Fact]
    public void Work_that_arrives_while_a_device_is_armed_is_not_slept_over()
    {
        WaitQueue queue = new();
        Source source = new(_platform) { ArrivesWhileArming = true, OnArrival = queue.WakeOne };
        Processor.Current.RunLoop.Add(source);

        Assert.True(queue.Wait(Instant.Never));

        Assert.Empty(_platform.Slept);
    }

    [Fact]
    public void Deferred_work_is_done_once_before_the_machine_idles_and_may_be_deferred_again_by_itself()
    {
        WaitQueue queue = new();
        int runs = 0;
        DeferredWork? work = null;
        work = new DeferredWork(() =>
        {
            if (++runs == 2)
                queue.WakeOne();
            else
                Processor.Current.RunLoop.Defer(work!);
        });
        Processor.Current.RunLoop.Defer(work);
        Processor.Current.RunLoop.Defer(work);

        Assert.True(queue.Wait(Instant.Never));

        Assert.Equal(2, runs);
        Assert.Empty(_platform.Slept);
    }

    /// <summary>Something arrives at a time, or between the last poll and the wish to sleep.</summary>
    private sealed class Source(IdlePlatform platform) : IPollable
    {
        private bool _arrived;

        public Instant Arrival { get; set; } = Instant.Never;

        public bool ArrivesWhileArming { get; set; }

        public System.Action? OnArrival { get; set; }

        public int Polls { get; private set; }

        public bool Poll(Instant now)
        {
            Polls++;
            if (!_arrived && now < Arrival)
                return false;
            _arrived = false;
            Arrival = Instant.Never;
            OnArrival?.Invoke();
            OnArrival = null;
            return true;
        }

        public bool Arm()
        {
            platform.InterruptAt = Instant.Earlier(platform.InterruptAt, Arrival);
            if (!ArrivesWhileArming)
                return true;
            ArrivesWhileArming = false;
            _arrived = true;
            return false;
        }
    }
}
