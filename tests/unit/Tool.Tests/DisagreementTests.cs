using System.Collections.Generic;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

/// <summary>What was counted from outside and from inside, and cannot both be right.</summary>
public sealed class DisagreementTests
{
    [Theory]
    [InlineData(1.0, 1.0, false)]
    [InlineData(1.0, 1.009, false)]
    [InlineData(1.0, 1.011, true)]
    [InlineData(2.0, 1.0, true)]
    [InlineData(0.0, 0.01, true)]
    public void Accesses_may_differ_by_one_in_a_hundred(double outside, double inside, bool disagrees)
    {
        Sample good = new() { Units = 400, Lost = 0, Seconds = 1, Accesses = 1, AccessesInside = 1 };
        SubjectResult subject = TestResults.Subject("virtio", good, good, good with { Accesses = outside, AccessesInside = inside });

        BenchResults results = TestResults.Of(subject);

        Assert.Equal(disagrees, results.Failed);
        Assert.Equal(disagrees ? [(subject, subject.Rows[0])] : [], results.Disagreements);
    }

    [Theory]
    [InlineData(51, 55, false)]
    [InlineData(51, 56, true)]
    [InlineData(1_000, 1_010, false)]
    [InlineData(1_000, 1_011, true)]
    public void Hypercalls_may_differ_by_four_in_a_run_besides(int outside, int inside, bool disagrees)
    {
        const int Units = 400;
        HypercallCheck check = new()
        {
            Units = Units, Outside = PerUnit(outside), Inside = PerUnit(inside), Traps = PerUnit(0), Switches = PerUnit(0),
        };

        Assert.Equal(disagrees, new Sample { Units = Units, Lost = 0, Seconds = 1, Hypercalls = check }.Disagrees);

        static Dictionary<string, double> PerUnit(int count) => new() { ["sched_op"] = (double)count / Units };
    }

    [Fact]
    public void A_path_that_this_host_lacks_something_for_is_no_failure()
    {
        Assert.False(TestResults.Of(new SubjectResult { System = "guest", Path = "xen-pv", Application = "echo", Lack = "Xen is missing" }).Failed);
        Assert.True(TestResults.Of(new SubjectResult { System = "guest", Path = "xen-pv", Application = "echo", Failure = "boot: silence" }).Failed);
    }
}
