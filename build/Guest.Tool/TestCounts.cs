using System.Linq;
using System.Xml.Linq;

namespace Guest.Tool;

/// <summary>How many tests ended in which way.</summary>
internal readonly record struct TestCounts(int Passed, int Failed, int Skipped)
{
    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    /// <summary>Reads a report in xunit's XML format (v2+): an element for each assembly, with its counts as attributes.</summary>
    public static TestCounts Read(XDocument report)
    {
        return new TestCounts(Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped"));

        int Sum(string attribute) => report.Descendants("assembly").Sum(assembly => (int?)assembly.Attribute(attribute) ?? 0);
    }
}
