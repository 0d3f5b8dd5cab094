using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Claims;

/// <summary>The rows of a run whose counts can be judged by, by the system, the path and the workload.</summary>
internal sealed class ClaimRows(BenchResults results)
{
    private readonly Dictionary<(string Subject, string Workload), RowResult> _rows = results.Subjects
        .SelectMany(subject => subject.Rows
            .Where(row => row.Samples.Count > 0 && row.NotMeasured is null)
            .Select(row => (Key: (Subject: $"{subject.System} {subject.Path}", row.Workload), Row: row)))
        .ToDictionary(pair => pair.Key, pair => pair.Row);

    private readonly Dictionary<(string Subject, string Workload), string> _unmeasured = results.Unmeasured
        .ToDictionary(pair => ($"{pair.Subject.System} {pair.Subject.Path}", pair.Row.Workload), pair => pair.Row.NotMeasured!);

    /// <summary>A row that is there.</summary>
    public RowResult Get(string system, string path, string workload) => _rows[($"{system} {path}", workload)];

    /// <summary>Which of some rows are not there, as a sentence; null if all are.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="subjects">System and path of each.</param>
    public string? Lack(string workload, params string[] subjects)
    {
        string[] lacking = [.. subjects.Where(subject => !_rows.ContainsKey((subject, workload)))];
        return lacking.Length == 0 ? null : $"It is judged by {workload} on {string.Join(", ", subjects)}; here lack: {string.Join(", ", lacking.Select(Explain))}.";

        string Explain(string subject) =>
            _unmeasured.TryGetValue((subject, workload), out string? why) ? $"{subject} ({why})" : subject;
    }
}
