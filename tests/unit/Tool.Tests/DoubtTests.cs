using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Tool.Bench.Output;
using Guest.Tool.Bench.Results;
using Spectre.Console;

namespace Guest.Tool.Tests;

/// <summary>A figure says how much of it is in doubt, and one that says nothing is not printed.</summary>
public sealed class DoubtTests
{
    [Theory]
    [InlineData(new double[] { 100 }, 0.0, 100, 0)]
    [InlineData(new double[] { 100 }, 7.0, 100, 7)]
    [InlineData(new double[] { 90, 110 }, 0.0, 100, 10)]
    [InlineData(new double[] { 90, 110 }, 12.0, 100, 12)]
    [InlineData(new double[] { 100, 103, 900 }, 0.0, 103, 3)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 700 }, 0.0, 4, 2)]
    public void A_median_is_in_doubt_by_what_half_of_the_samples_keep_to_or_by_their_own_doubt(double[] samples, double each, double value, double doubt) =>
        Assert.Equal(new Figure(value, doubt), Figure.Of(samples.Select(sample => new Figure(sample, each))));

    [Fact]
    public void Without_samples_there_is_no_figure() => Assert.Null(Figure.Of([]));

    [Theory]
    [InlineData(1_000, 100, true)]
    [InlineData(1_000, 101, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(-1, 0, false)]
    public void More_than_a_tenth_in_doubt_says_nothing_and_neither_does_less_than_nothing(double value, double doubt, bool sound) =>
        Assert.Equal(sound, new Figure(value, doubt).IsSound);

    [Fact]
    public void A_row_whose_samples_agree_is_measured_and_its_parts_add_up()
    {
        RowResult row = Row(Sample(1_600, 22_000, 26_000), Sample(1_640, 23_000, 27_000));

        Assert.Null(row.NotMeasured);
        Assert.Equal(new Figure(1_620, 20), row.InstructionFigure);
        Assert.Equal(1_620 + 22_500 + 26_500, row.MachineInstructions);
        Assert.False(TestResults.Of(Subject(row)).Failed);
    }

    // As they were once: of a disk on xen-pvh beside busy loops.
    [Fact]
    public void A_part_that_came_out_as_less_than_nothing_fails_the_run_and_leaves_no_figure()
    {
        RowResult row = Row(Sample(1_290, -11_062, 21_400), Sample(1_290, -10_900, 21_400));

        Assert.Contains("'xen' came out as -10,981 ±81, less than nothing", row.NotMeasured, StringComparison.Ordinal);
        Assert.Equal((null, null, null), (row.InstructionFigure, row.MachineFigure, row.PartOf("host kernel")));
        Assert.True(TestResults.Of(Subject(row)).Failed);
    }

    [Fact]
    public void Samples_of_which_one_is_five_times_the_other_fail_the_run() => AssertFailed(
        "'xen' came out as 15,000 ±10,000, of which more than a tenth", Row(Sample(1_290, 5_000, 5_338), Sample(1_290, 25_000, 34_437)));

    [Fact]
    public void The_guests_own_instructions_are_held_to_the_same() =>
        AssertFailed("the guest's instructions came out as 1,500 ±151", Row(Sample(1_349, 22_000, 26_000), Sample(1_651, 22_000, 26_000)));

    [Fact]
    public void What_idle_may_have_done_besides_is_held_to_the_same() => AssertFailed(
        "the whole machine's instructions came out as 50,000 ±5,001", Row(Sample(1_600, 22_000, 26_400) with { MachineInstructionsDoubt = 5_001 }));

    [Fact]
    public void A_part_that_cannot_be_told_from_nothing_is_nothing_and_no_failure()
    {
        RowResult row = Row(Sample(1_600, -20, 26_000));

        Assert.Null(row.NotMeasured);
        Assert.Equal(0, row.PartOf("xen")!.Value.Value);
        Assert.Equal(27_600, row.MachineInstructions);
    }

    [Fact]
    public void Where_nothing_counts_nothing_is_in_doubt() =>
        Assert.Null(Row(new Sample { Units = 400, Lost = 0, Seconds = 1 }).NotMeasured);

    [Fact]
    public void Table_report_and_charts_show_the_same_figure_with_its_doubt_and_none_that_was_not_measured()
    {
        SubjectResult good = Subject(Row(Sample(1_600, 22_000, 26_000), Sample(1_640, 23_000, 27_000)));
        SubjectResult bad = Subject(Row(Sample(1_290, -11_062, 77_777), Sample(1_290, -10_900, 77_777)), "xen-pvh");
        BenchResults results = TestResults.Of(good, bad);

        string table = Written(results);
        string page = Path.GetTempFileName();
        HtmlReport.Write(page, results);
        string html = File.ReadAllText(page);
        File.Delete(page);

        foreach (string figure in (string[])["1,620 ±20", "50,620 ±1,020", "22,500 ±500"])
        {
            Assert.Contains(figure, table, StringComparison.Ordinal);
            Assert.Contains(figure, html, StringComparison.Ordinal);
        }
        foreach (string text in (string[])[table, html])
        {
            Assert.Contains("not measured", text, StringComparison.Ordinal);
            Assert.DoesNotContain("77,777", text, StringComparison.Ordinal);
        }
        Assert.Equal(2, html.Split("class=whisker").Length - 1);
    }

    private static void AssertFailed(string expected, RowResult row)
    {
        Assert.Contains(expected, row.NotMeasured, StringComparison.Ordinal);
        Assert.Null(row.MachineInstructions);
        Assert.True(TestResults.Of(Subject(row)).Failed);
    }

    private static string Written(BenchResults results)
    {
        StringWriter written = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written) });
        console.Profile.Width = 400;
        ResultTable.Write(console, results);
        return written.ToString();
    }

    private static SubjectResult Subject(RowResult row, string path = "xen-pv")
    {
        SubjectResult subject = new() { System = "guest", Path = path, Application = "echo" };
        subject.Rows.Add(row);
        return subject;
    }

    private static RowResult Row(params IEnumerable<Sample> samples) => new() { Workload = TestResults.Workload, Samples = [.. samples] };

    private static Sample Sample(double guest, double xen, double linux) => new()
    {
        Units = 400, Lost = 0, Seconds = 1, Instructions = guest,
        InstructionsByOwner = new Dictionary<string, double> { ["guest"] = guest, ["xen"] = xen, ["host kernel"] = linux },
    };
}
