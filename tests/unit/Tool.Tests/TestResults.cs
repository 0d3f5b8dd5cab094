using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

/// <summary>Results as a run would have found them.</summary>
internal static class TestResults
{
    /// <summary>The workload of the rows.</summary>
    public const string Workload = "udp-64x1";

    /// <summary>A run's, on no host in particular.</summary>
    public static BenchResults Of(params SubjectResult[] subjects) => new()
    {
        Started = DateTimeOffset.UnixEpoch,
        Host = new HostFacts
        {
            Processor = "", Processors = 1, Kernel = "", Qemu = "", Accelerator = "", Runtime = "", TimesAreRepresentative = false,
        },
        Subjects = [.. subjects],
    };

    /// <summary>A guest with one row.</summary>
    public static SubjectResult Subject(string path, params Sample[] samples)
    {
        SubjectResult subject = new() { System = "guest", Path = path, Application = "echo" };
        subject.Rows.Add(new RowResult { Workload = Workload, Samples = [.. samples] });
        return subject;
    }
}
