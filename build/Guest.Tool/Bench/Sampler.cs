using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;
using Spectre.Console;

namespace Guest.Tool.Bench;

/// <summary>Takes the samples of every workload on every subject.</summary>
/// <remarks>Subjects take turns at every sample, so that a drift of the host hits all alike. A row whose samples leave too much in doubt, or are void, gets some
/// more.</remarks>
internal sealed class Sampler(BenchOptions options, IReadOnlyList<Subject> subjects, Attempts attempts, CancellationToken stop)
{
    private const int MostFurtherSamples = 3;

    private readonly List<InstructionProfile> _profiles = [];

    /// <summary>With <see cref="BenchOptions.Profile"/>: where the guests' instructions are.</summary>
    public IReadOnlyList<InstructionProfile> Profiles => _profiles;

    /// <summary>Takes them.</summary>
    public void Run(ProgressTask task)
    {
        task.MaxValue = options.Workloads.Count * options.Repeats * subjects.Count;
        foreach (Workload workload in options.Workloads)
        {
            for (int repeat = 0; repeat < options.Repeats + MostFurtherSamples; repeat++)
            {
                foreach (Subject subject in subjects)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    if (repeat >= options.Repeats && !IsInDoubt(subject, workload))
                        continue;
                    task.Description = $"measuring {workload.Name} on {subject.Result.Name.EscapeMarkup()}";
                    if (IsPossible(subject, workload))
                        attempts.Make(subject, $"{workload.Name}, sample {repeat + 1}", () => AddSample(subject, workload, repeat == 0));
                    if (repeat < options.Repeats)
                        task.Increment(1);
                }
            }
        }
        task.Description = "measured";
    }

    private bool IsInDoubt(Subject subject, Workload workload) => subject.Result.Rows.Any(row =>
        row.Workload == workload.Name && (row.NotMeasured is not null || row.Samples.Count - row.VoidSamples < options.Repeats));

    private void AddSample(Subject subject, Workload workload, bool first)
    {
        InstructionProfile? profile = options.Profile && subject.CountsItself ? ProfileOf(subject, workload) : null;
        Sample sample = Measurement.Take(subject, workload, workload.UnitsOf(options.Units), checkHypercalls: first, profile?.Counts);
        RowOf(subject, workload).Samples.Add(sample);
    }

    private InstructionProfile ProfileOf(Subject subject, Workload workload)
    {
        InstructionProfile? known = _profiles.FirstOrDefault(each => each.Subject == subject.Result.Name && each.Workload == workload.Name);
        if (known is null)
            _profiles.Add(known = new InstructionProfile(subject.Result.Application, subject.Result.Name, workload.Name));
        return known;
    }

    private static bool IsPossible(Subject subject, Workload workload) =>
        workload.Application == subject.Result.Application && (subject is not ProcessSubject || workload.IsOfProcess) && (!subject.HasPlainDevice || workload.IsOfPlainDevice);

    private static RowResult RowOf(Subject subject, Workload workload)
    {
        RowResult? row = subject.Result.Rows.FirstOrDefault(each => each.Workload == workload.Name);
        if (row is null)
        {
            row = new RowResult { Workload = workload.Name };
            subject.Result.Rows.Add(row);
        }
        return row;
    }
}
