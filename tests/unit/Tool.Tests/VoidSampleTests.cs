using System;
using Guest.Tool.Bench.Output;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

/// <summary>A sample in which segments of TCP were sent again says nothing of what TCP costs.</summary>
public sealed class VoidSampleTests
{
    [Fact]
    public void A_void_sample_is_shown_and_does_not_count()
    {
        RowResult row = new() { Workload = TestResults.Workload, Samples = [Sample(3_000, 0), Sample(9_000, 2), Sample(3_100, 0)] };

        Assert.Equal(new Figure(3_050, 50), row.InstructionFigure);
        Assert.Equal((1, null), (row.VoidSamples, row.NotMeasured));
        Assert.Equal("0, 1 void", ResultTable.Lost(row));
    }

    [Fact]
    public void A_row_of_void_samples_alone_is_not_measured()
    {
        RowResult row = new() { Workload = TestResults.Workload, Samples = [Sample(3_000, 1), Sample(3_000, 1)] };

        Assert.Contains("sent again", row.NotMeasured, StringComparison.Ordinal);
        Assert.Null(row.InstructionFigure);
    }

    private static Sample Sample(double instructions, long sentAgain) =>
        new() { Units = 400, Lost = 0, Seconds = 1, Instructions = instructions, SentAgain = sentAgain };
}
