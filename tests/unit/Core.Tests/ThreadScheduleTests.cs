using System;
using System.Collections.Generic;
using System.Threading;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests;

/// <summary>Threads that do what a seed says: yield, sleep, wait with and without a time-out, wake one another, start others and wait for their end.</summary>
[Collection(nameof(Platform))]
public sealed class ThreadScheduleTests
{
    private const int MostThreads = 40;
    private const int Steps = 60;

    private readonly IdlePlatform _platform = new() { Tick = new Duration(300) };
    private readonly TestThreads _threads = new();
    private readonly List<Thread> _all = [];
    private SemaphoreSlim _tokens = null!;
    private int _running;
    private int _taken;
    private int _released;

    public ThreadScheduleTests() => Platform.Install(_platform);

    public static TheoryData<int> Seeds
    {
        get
        {
            TheoryData<int> seeds = [];
            for (int seed = 1; seed <= 25; seed++)
                seeds.Add(seed);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_thread_comes_to_its_end_and_no_wake_up_is_lost(int seed)
    {
        using SemaphoreSlim tokens = new(1);
        _tokens = tokens;
        Random random = new(seed);
        for (int i = 0; i < 6; i++)
            Start(random.Next());

        _threads.JoinAll();

        Assert.Equal(1 + _released - _taken, _tokens.CurrentCount);
    }

    private void Start(int seed)
    {
        if (_all.Count < MostThreads)
            _all.Add(_threads.Start(() => Live(new Random(seed))));
    }

    private void Live(Random random)
    {
        for (int step = 0; step < Steps; step++)
        {
            // Nobody else runs until this thread waits.
            Assert.Equal(0, _running++);
            int choice = random.Next(12);
            int milliseconds = random.Next(4);
            if (choice == 11)
                Start(random.Next());
            _running--;
            Instant before = _platform.Time;
            switch (choice)
            {
                case < 4:
                    Thread.Yield();
                    break;
                case < 6:
                    Thread.Sleep(milliseconds);
                    Assert.True((_platform.Time - before).Milliseconds >= milliseconds);
                    break;
                case < 8:
                    if (_tokens.Wait(milliseconds))
                        _taken++;
                    else
                        Assert.True((_platform.Time - before).Milliseconds >= milliseconds);
                    break;
                case < 10:
                    _tokens.Release();
                    _released++;
                    break;
                case 10:
                    _all[random.Next(_all.Count)].Join(milliseconds);
                    break;
                default:
                    break;
            }
        }
    }
}
