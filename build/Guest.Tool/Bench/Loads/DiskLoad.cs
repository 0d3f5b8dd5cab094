using System;
using System.Globalization;
using System.Text.Json;
using Guest.Rig;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench.Loads;

/// <summary>A job for apps/Disk, typed on its console; its answer is a line of JSON.</summary>
internal sealed class DiskLoad(Subject subject, Workload workload) : Load
{
    private const string AnswerStart = "{\"";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private int _seed;

    // The job is typed, read and answered, whatever its size.
    public override bool HasFixedCost => true;

    public override LoadResult Run(int units)
    {
        // A new seed chooses other blocks; to make the data would cost more than to write them.
        string job = string.Create(
            CultureInfo.InvariantCulture,
            $"{workload.Protocol} block={workload.Size} depth={workload.InFlight} count={units} seed={++_seed} fill=0");
        string answer = subject.Converse(job, AnswerStart, s_patience);
        try
        {
            JsonElement line = JsonDocument.Parse(answer).RootElement;
            int done = line.GetProperty("requests").GetInt32() - line.GetProperty("errors").GetInt32();
            return new LoadResult(units, done, []);
        }
        catch (Exception malformed) when (malformed is JsonException or System.Collections.Generic.KeyNotFoundException)
        {
            throw new RigException($"'{job}' was answered by: {answer}\n{subject.Report()}", malformed);
        }
    }
}
