using System;
using System.Collections.Generic;
using Guest.Core.Scheduling;
using Guest.Core.Tests.Fakes;
using Guest.Core.Time;

namespace Guest.Core.Tests;

/// <summary>Sources come and go, also while a pass is under way.</summary>
[Collection(nameof(Platform))]
public sealed class RunLoopTests : IDisposable
{
    private readonly List<string> _polled = [];
    private readonly List<Source> _added = [];

    public RunLoopTests() => Platform.Install(new IdlePlatform());

    public void Dispose()
    {
        foreach (Source source in _added)
            Processor.Current.RunLoop.Remove(source);
        Processor.Current.RunLoop.Pass();
    }

    [Fact]
    public void A_source_that_was_removed_is_polled_no_more_and_the_others_keep_their_order()
    {
        Source[] sources = [Add("a"), Add("b"), Add("c"), Add("d")];

        Assert.True(Processor.Current.RunLoop.Remove(sources[1]));
        Assert.False(Processor.Current.RunLoop.Remove(sources[1]));

        Assert.Equal("acd", Pass());
        Assert.Equal("acd", Pass());
    }

    [Theory]
    [InlineData("a", "b", "acd", "acd")]
    [InlineData("b", "b", "abcd", "acd")]
    [InlineData("c", "b", "abcd", "acd")]
    [InlineData("d", "a", "abcd", "bcd")]
    public void A_source_may_be_removed_within_a_pass(string remover, string removed, string thisPass, string nextPass)
    {
        foreach (string name in (string[])["a", "b", "c", "d"])
            Add(name);
        Named(remover).OnPoll = () => Processor.Current.RunLoop.Remove(Named(removed));

        Assert.Equal(thisPass, Pass());
        Assert.Equal(nextPass, Pass());
    }

    [Fact]
    public void A_source_may_be_added_within_a_pass_that_removes_another()
    {
        Source a = Add("a");
        a.OnPoll = () =>
        {
            Processor.Current.RunLoop.Remove(a);
            Add("b");
        };

        Pass();

        Assert.Equal("b", Pass());
    }

    [Fact]
    public void There_is_room_for_as_many_sources_as_a_machine_has()
    {
        for (int i = 0; i < 200; i++)
            Add("x");

        Assert.Equal(200, Pass().Length);
    }

    [Fact]
    public void What_comes_and_goes_ten_thousand_times_takes_no_memory()
    {
        Source source = Add("x");
        Processor.Current.RunLoop.Remove(source);
        Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            Processor.Current.RunLoop.Add(source);
            Processor.Current.RunLoop.Remove(source);
            Processor.Current.RunLoop.Pass();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private Source Add(string name)
    {
        Source source = new(this, name);
        _added.Add(source);
        Processor.Current.RunLoop.Add(source);
        return source;
    }

    private Source Named(string name) => _added.Find(source => source.Name == name)!;

    private string Pass()
    {
        _polled.Clear();
        Processor.Current.RunLoop.Pass();
        return string.Concat(_polled);
    }

    private sealed class Source(RunLoopTests owner, string name) : IPollable
    {
        public string Name => name;

        public Action? OnPoll { get; set; }

        public bool Poll(Instant now)
        {
            owner._polled.Add(name);
            OnPoll?.Invoke();
            OnPoll = null;
            return false;
        }

        public bool Arm() => true;
    }
}
