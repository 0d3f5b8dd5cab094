using System;
using Guest.Fuzz.Rings;

namespace Guest.Fuzz.Tests;

/// <summary>Every driver lives with a far side that lies, for so many steps, the same each time; <c>./guest fuzz DRIVER --steps 100000000</c> takes more.</summary>
public sealed class DriverTests
{
    private const int Steps = 1_000_000;
    private const int StepsOfSlowModel = 500_000;
    private const int StepsOfSlowestModel = 50_000;

    public static TheoryData<string> Drivers => [.. Array.ConvertAll(DriverKind.All, kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Drivers))]
    public void It_lives_and_works_again_once_the_far_side_behaves(string driver)
    {
        int steps = driver switch
        {
            "ide" or "ne2000" => StepsOfSlowestModel,
            "ahci" or "blkfront" => StepsOfSlowModel,
            _ => Steps,
        };
        (int exitCode, string output) = Fuzzer.Run(driver, "--steps", $"{steps}", "--seed", "1");

        Assert.True(exitCode == 0, output);
        Assert.Contains($"{steps} steps", output);
    }

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
        Episode episode = new(new DriverKind("failing", "fails once two steps were lies", () => new FailingTarget()));
        ulong seed = 0;
        while (episode.Run(seed, null) is null)
            seed++;

        Assert.Equal(2, episode.Shrink(seed, episode.Run(seed, null)!).Count);
    }

    private sealed class FailingTarget : DriverTarget
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
}
