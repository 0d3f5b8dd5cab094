using System;
using System.IO;
using Guest.Rig;
using Guest.Tool.Bench.Output;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

/// <summary>What is written of a run, where it can be, and what is read of an earlier one.</summary>
public sealed class ResultFileTests : IDisposable
{
    private static readonly DateTimeOffset s_started = new(2026, 11, 27, 4, 5, 6, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("guest-results-").FullName;

    [Fact]
    public void What_was_written_is_read_by_its_folders_name()
    {
        ReportFolder report = ReportFolder.Create(_folder, s_started);
        BenchResults results = TestResults.Of(TestResults.Subject("virtio", new Sample { Units = 10, Lost = 1, Seconds = 2, Accesses = 3, AccessesInside = 4 }));

        report.Write(results);

        SubjectResult read = Assert.Single(ResultFile.Read(report.Path).Subjects);
        Assert.Equal((3.0, 4.0), (read.Rows[0].Accesses, read.Rows[0].AccessesInside));
        Assert.True(File.Exists(Path.Combine(report.Path, ReportFolder.Report)));
    }

    [Fact]
    public void Two_runs_of_one_second_have_a_folder_each()
    {
        ReportFolder first = ReportFolder.Create(_folder, s_started);
        ReportFolder second = ReportFolder.Create(_folder, s_started);

        Assert.Equal("20261127-040506", Path.GetFileName(first.Path));
        Assert.Equal("20261127-040506-1", Path.GetFileName(second.Path));
    }

    [Fact]
    public void Where_no_folder_can_be_made_the_error_names_it_before_anything_is_measured()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        RigException problem = Assert.Throws<RigException>(() => ReportFolder.Create(file, s_started));

        Assert.Contains($"The report cannot be written to {file}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_became_full_meanwhile_is_an_error_that_says_so()
    {
        ReportFolder report = ReportFolder.Create(_folder, s_started);
        string page = Path.Combine(report.Path, ReportFolder.Report);
        // Linux's file that has no room, ever.
        File.CreateSymbolicLink(page, "/dev/full");

        RigException problem = Assert.Throws<RigException>(() => report.Write(TestResults.Of()));

        Assert.Contains("No space left", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "cannot be read as a result")]
    [InlineData("{", "cannot be read as a result")]
    [InlineData("[]", "is no result of ./guest bench")]
    [InlineData("{\"name\":\"foreign\"}", "is no result of ./guest bench")]
    [InlineData("{\"schema\":2}", "is of version 2")]
    [InlineData("{\"schema\":3}", "cannot be read as a result")]
    public void A_foreign_file_is_an_error_that_names_it(string content, string expected)
    {
        string file = Path.Combine(_folder, "results.json");
        File.WriteAllText(file, content);

        RigException problem = Assert.Throws<RigException>(() => ResultFile.Read(_folder));

        Assert.Contains(file, problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
