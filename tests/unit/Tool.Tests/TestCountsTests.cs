using System.Xml.Linq;

namespace Guest.Tool.Tests;

public sealed class TestCountsTests
{
    [Fact]
    public void The_counts_of_all_assemblies_of_a_report_are_added_and_errors_are_failures()
    {
        XDocument report = XDocument.Parse("""
            <assemblies>
              <assembly total="5" passed="3" failed="1" skipped="1" errors="0" />
              <assembly total="2" passed="2" failed="0" skipped="0" errors="1" />
            </assemblies>
            """);

        Assert.Equal(new TestCounts(Passed: 5, Failed: 2, Skipped: 1), TestCounts.Read(report));
    }
}
