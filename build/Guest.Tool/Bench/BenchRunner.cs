using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Claims;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Timelines;
using Guest.Tool.Bench.Workloads;
using Spectre.Console;

namespace Guest.Tool.Bench;

/// <summary>Starts every subject, measures all of them in turns, and keeps what was found whatever happens to one of them.</summary>
internal sealed class BenchRunner(Repository repository, BenchOptions options, CancellationToken stop) : IDisposable
{
    /// <summary>The application on the paths to a network.</summary>
    public const string EchoApplication = "echo";

    /// <summary>The web server, on the same paths.</summary>
    public const string WebApplication = "web";

    /// <summary>The application on the paths to a disk.</summary>
    public const string DiskApplication = "disk";

    private readonly Attempts _attempts = new(stop);
    private readonly ConcurrentDictionary<string, SymbolTable> _symbols = [];
    private IReadOnlyList<Subject> _subjects = [];
    private Sampler? _sampler;

    /// <summary>What has been found so far.</summary>
    public BenchResults Results { get; } = new()
    {
        Started = DateTimeOffset.UtcNow,
        Host = HostFacts.Read(options.Accelerator),
    };

    /// <summary>With <see cref="BenchOptions.Profile"/>: where the guests' instructions are.</summary>
    public IReadOnlyList<InstructionProfile> Profiles => _sampler?.Profiles ?? [];

    /// <summary>Does it all, or as much as can be done before it is to stop.</summary>
    public void Run(ProgressContext progress)
    {
        // Machines and builds that have ended end whatever waits for them.
        using CancellationTokenRegistration cut = stop.Register(Lifeline.Cut);
        try
        {
            SubjectAssembly assembly = new(repository, options, Results, _attempts);
            _subjects = assembly.Subjects;
            assembly.Build(progress.AddTask("building"));
            Boot(progress.AddTask("booting"));
            Observe(progress.AddTask("measuring what is executed with nothing to do"));
            Probe(progress.AddTask("probing the image"));
            _sampler = new Sampler(options, _subjects, _attempts, stop);
            _sampler.Run(progress.AddTask("measuring"));
        }
        catch (RigException) when (_attempts.IsStopping)
        {
            // Cut off.
        }
        Results.Interrupted = stop.IsCancellationRequested;
        Results.Claims = ClaimJudge.Judge(Results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Subject subject in _subjects.Where(subject => subject.Result.Failure is null))
            subject.Dispose();
    }

    // Booting takes longest, and is not measured: several boot at once, those that take longest first.
    private void Boot(ProgressTask task)
    {
        task.MaxValue = _subjects.Count;
        Parallel.ForEach(
            Partitioner.Create(_subjects.OrderByDescending(subject => subject.BootsSlowly), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount + 1 },
            subject =>
            {
                _attempts.Make(subject, "boot", subject.Start);
                task.Increment(1);
            });
    }

    // What a subject does when idle is measured once all have booted: of all at once, since an idle machine disturbs nobody.
    private void Observe(ProgressTask task)
    {
        task.MaxValue = 2 * _subjects.Count;
        Thread[] observers = [.. _subjects.Select(subject => new Thread(() => Observe(subject, task, "idle", Measurement.MeasureIdle)))];
        foreach (Thread observer in observers)
            observer.Start();
        foreach (Thread observer in observers)
            observer.Join();
        // Nearly all of this is waiting too, but a machine that is watched closely wants a processor.
        Parallel.ForEach(
            _subjects, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, subject => Observe(subject, task, "anatomy", Dissect));
    }

    private void Dissect(Subject subject)
    {
        if (subject.HasPlainDevice)
            return;
        string application = subject.Result.Application;
        subject.Result.Anatomy.AddRange(Measurement.OneUnit(subject, Workload.Simplest(application)));
        TimelineRecorder.Take(subject, () => SymbolsOf(application));
    }

    private SymbolTable SymbolsOf(string application) =>
        _symbols.GetOrAdd(application, name => SymbolTable.Read(repository.SymbolsOf(name)));

    private void Observe(Subject subject, ProgressTask task, string what, Action<Subject> observe)
    {
        _attempts.Make(subject, what, () => observe(subject));
        task.Increment(1);
    }

    private void Probe(ProgressTask task)
    {
        task.MaxValue = 1;
        ImageFacts? echo = Results.Images.FirstOrDefault(image => image.Application == EchoApplication);
        if (!stop.IsCancellationRequested && echo is not null)
            ImageProbe.Probe(repository.ImageOf(EchoApplication), echo);
        task.Increment(1);
    }
}
