using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
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
    private const string EchoApplication = "echo";
    private const string DiskApplication = "disk";

    private const int MostFurtherSamples = 3;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(200);

    private readonly List<Subject> _subjects = [];
    private readonly List<InstructionProfile> _profiles = [];
    private readonly ConcurrentDictionary<string, SymbolTable> _symbols = [];
    private string? _plugin;

    /// <summary>What has been found so far.</summary>
    public BenchResults Results { get; } = new()
    {
        Started = DateTimeOffset.UtcNow,
        Host = HostFacts.Read(options.Accelerator),
    };

    /// <summary>With <see cref="BenchOptions.Profile"/>: where the guests' instructions are.</summary>
    public IReadOnlyList<InstructionProfile> Profiles => _profiles;

    /// <summary>Asked of a failure: whether it only comes of an end that was asked for. A terminal's Ctrl-C reaches the programs that we have
    /// started as soon as it reaches us, so the reason may come a moment later than what it caused.</summary>
    private bool IsStopping => stop.WaitHandle.WaitOne(s_moment);

    /// <summary>Does it all, or as much as can be done before it is to stop.</summary>
    public void Run(ProgressContext progress)
    {
        // Machines and builds that have ended end whatever waits for them.
        using CancellationTokenRegistration cut = stop.Register(Lifeline.Cut);
        try
        {
            Prepare(progress.AddTask("building"));
            Boot(progress.AddTask("booting"));
            Observe(progress.AddTask("measuring what is executed with nothing to do"));
            Probe(progress.AddTask("probing the image"));
            Measure(progress.AddTask("measuring"));
        }
        catch (RigException) when (IsStopping)
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

    private void Prepare(ProgressTask task)
    {
        task.MaxValue = options.Paths.Count + 2;
        if (options.Accelerator == Accelerator.Tcg)
            _plugin = CounterPlugin.Build(repository);
        task.Increment(1);
        foreach ((string application, IReadOnlyList<GuestPath> paths) in options.Paths)
        {
            string image = new ImageBuilder(repository).Build(application);
            Results.Images.Add(new ImageFacts { Application = application, Bytes = new FileInfo(image).Length });
            foreach (GuestPath path in paths)
                AddGuest(application, image, path);
            task.Increment(1);
        }
        AddKvm();
        AddReferences();
        foreach (Subject subject in _subjects)
        {
            subject.Patience = options.Patience;
            Results.Subjects.Add(subject.Result);
        }
        task.Increment(1);
    }

    private void AddGuest(string application, string image, GuestPath path)
    {
        if (path.Hypervisor == Hypervisor.Xen && HostRequirements.MissingFor(Hypervisor.Xen) is { } missing)
            Lack("guest", application, path, $"'{missing}' is missing; ./guest doctor --install gets it");
        else if (path.Hypervisor == Hypervisor.Xen)
            _subjects.Add(new XenSubject(application, image, path, _plugin ??= CounterPlugin.Build(repository)));
        else if (application == DiskApplication)
            _subjects.Add(new DiskSubject(application, image, path, options.Accelerator, _plugin));
        else
            _subjects.Add(new GuestSubject(application, image, path, options.Accelerator, _plugin));
    }

    private void AddKvm()
    {
        if (options.KvmPaths.Count == 0)
            return;
        try
        {
            LinuxGuest host = KvmHost.Prepare(repository);
            _plugin ??= CounterPlugin.Build(repository);
            foreach (GuestPath path in options.KvmPaths)
                _subjects.Add(new KvmSubject(EchoApplication, host, repository.ImageOf(EchoApplication), path, _plugin));
        }
        catch (RigException failure) when (!IsStopping)
        {
            foreach (GuestPath path in options.KvmPaths)
                Lack("kvm", EchoApplication, path, failure.Message);
        }
    }

    private void AddReferences()
    {
        AddReference(EchoApplication, options.LinuxPaths, () =>
        {
            LinuxGuest linux = LinuxGuest.Prepare(repository, LinuxService.Application(repository, EchoApplication, ""));
            foreach (GuestPath path in options.LinuxPaths)
            {
                if (LinuxGuest.LackOn(path) is { } lack)
                    Lack("linux", EchoApplication, path, lack);
                else
                    _subjects.Add(new LinuxSubject(EchoApplication, linux, path, options.Accelerator, _plugin));
            }
            _subjects.Add(new ProcessSubject(EchoApplication, LinuxService.Publish(repository, EchoApplication)));
        });
        AddReference(DiskApplication, options.LinuxDiskPaths, () =>
        {
            LinuxGuest linux = LinuxDisk.Prepare(repository);
            foreach (GuestPath path in options.LinuxDiskPaths)
                _subjects.Add(new LinuxDiskSubject(DiskApplication, linux, path, options.Accelerator, _plugin));
            _subjects.Add(new ProcessDiskSubject(DiskApplication, LinuxService.Publish(repository, DiskApplication)));
        });
    }

    private void AddReference(string application, IReadOnlyList<GuestPath> paths, Action add)
    {
        if (paths.Count == 0)
            return;
        try
        {
            add();
        }
        catch (RigException failure) when (!IsStopping)
        {
            foreach (GuestPath path in paths)
                Lack("linux", application, path, failure.Message);
        }
    }

    private void Probe(ProgressTask task)
    {
        task.MaxValue = 1;
        ImageFacts? echo = Results.Images.FirstOrDefault(image => image.Application == EchoApplication);
        if (!stop.IsCancellationRequested && echo is not null)
            ImageProbe.Probe(repository.ImageOf(EchoApplication), echo);
        task.Increment(1);
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
                if (!stop.IsCancellationRequested)
                    Attempt(subject, "boot", subject.Start);
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
        string application = subject.Result.Application;
        subject.Result.Anatomy.AddRange(Measurement.OneUnit(subject, Workload.Simplest(application)));
        TimelineRecorder.Take(subject, () => SymbolsOf(application));
    }

    private SymbolTable SymbolsOf(string application) =>
        _symbols.GetOrAdd(application, name => SymbolTable.Read(repository.SymbolsOf(name)));

    private void Observe(Subject subject, ProgressTask task, string what, Action<Subject> observe)
    {
        if (subject.Result.Failure is null && !stop.IsCancellationRequested)
            Attempt(subject, what, () => observe(subject));
        task.Increment(1);
    }

    // Subjects take turns at every sample, so that a drift of the host hits all alike. A row whose samples leave too much in doubt gets some more.
    private void Measure(ProgressTask task)
    {
        task.MaxValue = options.Workloads.Count * options.Repeats * _subjects.Count;
        foreach (Workload workload in options.Workloads)
        {
            for (int repeat = 0; repeat < options.Repeats + MostFurtherSamples; repeat++)
            {
                foreach (Subject subject in _subjects)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    if (repeat >= options.Repeats && !IsInDoubt(subject, workload))
                        continue;
                    task.Description = $"measuring {workload.Name} on {subject.Result.Name.EscapeMarkup()}";
                    if (subject.Result.Failure is null && IsPossible(subject, workload))
                        Attempt(subject, $"{workload.Name}, sample {repeat + 1}", () => AddSample(subject, workload, repeat == 0));
                    if (repeat < options.Repeats)
                        task.Increment(1);
                }
            }
        }
        task.Description = "measured";
    }

    private static bool IsInDoubt(Subject subject, Workload workload) =>
        subject.Result.Rows.Any(row => row.Workload == workload.Name && row.NotMeasured is not null);

    private void AddSample(Subject subject, Workload workload, bool first)
    {
        InstructionProfile? profile = options.Profile && subject.CountsItself ? ProfileOf(subject, workload) : null;
        Sample sample = Measurement.Take(subject, workload, options.Units, checkHypercalls: first, profile?.Counts);
        RowOf(subject, workload).Samples.Add(sample);
    }

    private InstructionProfile ProfileOf(Subject subject, Workload workload)
    {
        InstructionProfile? known = _profiles.FirstOrDefault(each => each.Subject == subject.Result.Name && each.Workload == workload.Name);
        if (known is null)
            _profiles.Add(known = new InstructionProfile(subject.Result.Application, subject.Result.Name, workload.Name));
        return known;
    }

    // The kernel of this host answers its own pings; that would not measure the process.
    private static bool IsPossible(Subject subject, Workload workload) =>
        workload.Application == subject.Result.Application && (subject is not ProcessSubject || workload is UdpEcho);

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

    // One subject's failure is its row's, not the run's.
    private void Attempt(Subject subject, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception) when (IsStopping)
        {
            // Cut off, and no failure of its own.
        }
        catch (Exception failure)
        {
            string[] said = failure.Message.Split('\n', 2);
            string reason = $"{what}: {said[0]}";
            subject.Result.Console = said.Length > 1 ? said[1] : subject.Report();
            // What does not answer may still keep a processor busy, and disturb the others.
            subject.Dispose();
            subject.Result.Failure = reason;
            Say.Error($"{subject.Result.Name} failed in {reason}");
        }
    }

    private void Lack(string system, string application, GuestPath path, string what) =>
        Results.Subjects.Add(new SubjectResult { System = system, Path = path.Name, Application = application, Lack = what });
}
