using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Core.Tests.Scheduling;

/// <summary>The queue of timers beside a list that is sorted anew whenever it is asked.</summary>
public sealed class TimerQueueTests
{
    private readonly TimerQueue _queue = new();
    private readonly List<Timer> _fired = [];

    [Fact]
    public void Without_timers_nothing_is_due()
    {
        Assert.True(_queue.Earliest.IsNever);
        Assert.False(_queue.Fire(new Instant(long.MaxValue - 1)));
    }

    [Fact]
    public void A_timer_fires_once_at_its_time_and_not_before()
    {
        Timer timer = Make();
        timer.Start(new Instant(100));
        Assert.False(_queue.Fire(new Instant(99)));
        Assert.True(_queue.Fire(new Instant(100)));
        Assert.False(_queue.Fire(new Instant(200)));
        Assert.Equal([timer], _fired);
        Assert.False(timer.IsStarted);
    }

    [Fact]
    public void A_deadline_that_never_comes_stops_a_timer()
    {
        Timer timer = Make();
        timer.Start(new Instant(100));
        timer.Start(Instant.Never);
        Assert.True(_queue.Earliest.IsNever);
        timer.Stop();
        Assert.False(_queue.Fire(new Instant(200)));
    }

    [Fact]
    public void Starting_by_a_time_never_makes_a_timer_later()
    {
        Timer timer = Make();
        timer.StartBy(new Instant(100));
        timer.StartBy(new Instant(200));
        Assert.Equal(new Instant(100), timer.Deadline);
        timer.StartBy(new Instant(50));
        Assert.Equal(new Instant(50), _queue.Earliest);
    }

    [Fact]
    public void One_that_starts_itself_again_for_a_time_that_is_past_waits_for_the_next_pass()
    {
        int fired = 0;
        Timer? again = null;
        again = new Timer(_queue, _ =>
        {
            fired++;
            again!.Start(Instant.Zero);
        });
        again.Start(new Instant(100));
        for (int pass = 1; pass <= 5; pass++)
        {
            Assert.True(_queue.Fire(new Instant(100 + pass)));
            Assert.Equal(pass, fired);
        }
    }

    [Fact]
    public void One_that_fires_may_stop_another_that_is_due()
    {
        Timer second = Make();
        Timer first = new(_queue, _ => second.Stop());
        first.Start(new Instant(1));
        second.Start(new Instant(2));
        _queue.Fire(new Instant(10));
        Assert.Empty(_fired);
        Assert.True(_queue.Earliest.IsNever);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 100)]
    [InlineData(3, 1_000)]
    [InlineData(4, long.MaxValue / 4)]
    [InlineData(5, 3)]
    public void Whatever_is_started_stopped_and_moved_comes_when_a_sorted_list_says(int seed, long spread)
    {
        Random random = new(seed);
        Timer[] timers = [.. Enumerable.Range(0, 200).Select(_ => Make())];
        Dictionary<Timer, Instant> model = [];
        Instant now = Instant.Zero;
        for (int step = 0; step < 20_000; step++)
        {
            Timer timer = timers[random.Next(timers.Length)];
            Instant deadline = now + new Duration(random.NextInt64(spread));
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    timer.Start(deadline);
                    model[timer] = deadline;
                    break;
                case 3:
                    timer.StartBy(deadline);
                    if (!model.TryGetValue(timer, out Instant before) || deadline < before)
                        model[timer] = deadline;
                    break;
                case 4 or 5:
                    timer.Stop();
                    model.Remove(timer);
                    break;
                case 6:
                    now = Instant.Earlier(now + new Duration(random.NextInt64(Math.Max(spread / 16, 2))), new Instant(long.MaxValue / 2));
                    Fire(now, model);
                    break;
                default:
                    if (!_queue.Earliest.IsNever)
                        now = now > _queue.Earliest ? now : _queue.Earliest;
                    Fire(now, model);
                    break;
            }

            Assert.Equal(model.Count == 0 ? Instant.Never : model.Values.MinBy(deadline => deadline.Nanoseconds), _queue.Earliest);
            Assert.Equal(model.ContainsKey(timer), timer.IsStarted);
        }

        Fire(new Instant(long.MaxValue - 1), model);
        Assert.Empty(model);
    }

    [Fact]
    public void A_million_time_outs_that_are_started_and_stopped_take_no_memory()
    {
        Timer[] timers = [.. Enumerable.Range(0, 1_000).Select(_ => Make())];
        StartAndStop(timers, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        StartAndStop(timers, 1_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(_queue.Earliest.IsNever);
    }

    /// <summary>Each time-out is the latest when it is started and the earliest when it is stopped, as a server's are whose peers answer in turn.</summary>
    private static void StartAndStop(Timer[] timers, int rounds)
    {
        long now = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (Timer timer in timers)
                timer.Start(new Instant(++now));
        }

        foreach (Timer timer in timers)
            timer.Stop();
    }

    private void Fire(Instant now, Dictionary<Timer, Instant> model)
    {
        Timer[] due = [.. model.Where(started => started.Value <= now).OrderBy(started => started.Value.Nanoseconds).Select(started => started.Key)];
        _fired.Clear();
        Assert.Equal(due.Length != 0, _queue.Fire(now));
        Assert.Equal(due.Select(timer => model[timer]), _fired.Select(timer => model[timer]));
        Assert.Equal(due.Length, _fired.Distinct().Count());
        foreach (Timer timer in due)
            model.Remove(timer);
    }

    private Timer Make()
    {
        Timer? timer = null;
        timer = new Timer(_queue, _ => _fired.Add(timer!));
        return timer;
    }
}
