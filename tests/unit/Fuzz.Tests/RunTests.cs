using System;
using Guest.Fuzz.Guided;
using Guest.Fuzz.Inputs;
using Guest.Fuzz.Rings;

namespace Guest.Fuzz.Tests;

/// <summary>What of the fuzzer runs in this process. It is one class, whose tests run one after the other, since all of it has the one memory for devices
/// and takes that back at every run.</summary>
public sealed class RunTests
{
    [Theory]
    [InlineData("virtio-net-split")]
    [InlineData("virtio-net-packed")]
    [InlineData("virtio-blk-split")]
    [InlineData("virtio-blk-packed")]
    [InlineData("netfront")]
    [InlineData("blkfront")]
    [InlineData("e1000")]
    [InlineData("rtl8139")]
    public void Words_in_memory_that_a_driver_reads_do_lie(string driver)
    {
        Episode episode = new(Array.Find(DriverKind.All, kind => kind.Name == driver)!);
        bool haveLied = false;
        for (ulong seed = 0; seed < 100 && !haveLied; seed++)
        {
            Assert.Null(episode.Run(seed, null));
            haveLied = SharedWords.HaveLied;
        }

        Assert.True(haveLied);
    }

    [Fact]
    public void A_failing_episode_is_shrunk_to_the_steps_that_it_needs()
    {
        Episode episode = new(new DriverKind("failing", "fails once two steps were lies", () => new FailingDriver()));
        ulong seed = 0;
        while (episode.Run(seed, null) is null)
            seed++;

        Assert.Equal(2, episode.Shrink(seed, episode.Run(seed, null)!).Count);
    }

    [Fact]
    public void An_input_that_fails_is_shrunk_to_what_its_failure_needs()
    {
        InputRunner runner = new(new FailingInput());
        byte[] input = [1, 2, 3, 42, 4, 5, 43, 6];
        Exception failure = runner.Run(input)!;

        Assert.Equal([42, 43], runner.Shrink(input, failure));
    }

    private sealed class FailingDriver : DriverTarget
    {
        private int _lies;

        public override void Settle(ref Random64 random)
        {
        }

        protected override void Make(ref Random64 random)
        {
        }

        protected override void Act(ref Random64 random)
        {
        }

        protected override void Lie(ref Random64 random) => _lies++;

        protected override void Check() => Assert.InRange(_lies, 0, 1);
    }

    private sealed class FailingInput() : InputTarget("failing", "fails where 42 comes before 43")
    {
        public override byte[][] Seeds => [];

        public override void Run(ReadOnlySpan<byte> input)
        {
            int first = input.IndexOf((byte)42);
            if (first >= 0 && input[first..].Contains((byte)43))
                throw new InvalidOperationException("it is there");
        }
    }
}
