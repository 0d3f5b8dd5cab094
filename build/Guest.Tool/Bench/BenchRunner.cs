using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Linux;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;
using Spectre.Console;

namespace Guest.Tool.Bench;

/// <summary>Starts every subject, measures all of them in turns, and keeps what was found whatever happens to one of them.</summary>
internal sealed class BenchRunner(Repository repository, BenchOptions options, CancellationToken stop) : IDisposable
{
    private readonly List<Subject> _subjects = [];
    private readonly Dictionary<string, Dictionary<ulong, long>> _profiles = [];
    private string _image = "";
    private string? _plugin;

    /// <summary>What has been found so far.</summary>
    public BenchResults Results { get; } = new()
    {
        Started = DateTimeOffset.UtcNow,
        Application = options.Application,
        Host = HostFacts.Read(options.Accelerator),
    };

    /// <summary>With <see cref="BenchOptions.Profile"/>: instructions by block of the guest's code, by workload.</summary>
    public IReadOnlyDictionary<string, Dictionary<ulong, long>> Profiles => _profiles;

    /// <summary>Does it all.</summary>
    public void Run(ProgressContext progress)
    {
        Prepare(progress.AddTask("building"));
        Boot(progress.AddTask("booting"));
        Probe(progress.AddTask("probing the image"));
        Measure(progress.AddTask("measuring"));
        Results.Interrupted = stop.IsCancellationRequested;
        Results.Claims = Claims.Judge(Results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Subject subject in _subjects)
            subject.Dispose();
    }

    private void Prepare(ProgressTask task)
    {
        task.MaxValue = 3;
        _image = new ImageBuilder(repository).Build(options.Application);
        Results.Image = new ImageFacts { Bytes = new FileInfo(_image).Length };
        task.Increment(1);
        if (options.Accelerator == Accelerator.Tcg)
            _plugin = CounterPlugin.Build(repository);
        task.Increment(1);

        foreach (GuestPath path in options.Paths)
        {
            if (path.Hypervisor != Hypervisor.Xen)
                _subjects.Add(new GuestSubject(_image, path, options.Accelerator, _plugin));
            else if (HostRequirements.MissingFor(Hypervisor.Xen) is { } missing)
                Fail("guest", path, $"'{missing}' is missing; ./guest doctor --install gets it");
            else
                _subjects.Add(new XenSubject(_image, path, _plugin ??= CounterPlugin.Build(repository)));
        }
        AddReferences();
        Results.Subjects.AddRange(_subjects.Select(subject => subject.Result));
        task.Increment(1);
    }

    private void AddReferences()
    {
        if (options.LinuxPaths.Count == 0)
            return;
        try
        {
            LinuxGuest linux = LinuxGuest.Prepare(repository, LinuxService.Application(repository, options.Application, ""));
            foreach (GuestPath path in options.LinuxPaths)
                _subjects.Add(new LinuxSubject(linux, path, options.Accelerator, _plugin));
            _subjects.Add(new ProcessSubject(LinuxService.Publish(repository, options.Application)));
        }
        catch (RigException failure)
        {
            foreach (GuestPath path in options.LinuxPaths)
                Fail("linux", path, failure.Message);
        }
    }

    private void Probe(ProgressTask task)
    {
        task.MaxValue = 1;
        if (!stop.IsCancellationRequested)
            ImageProbe.Probe(_image, Results.Image!);
        task.Increment(1);
    }

    private void Boot(ProgressTask task)
    {
        task.MaxValue = _subjects.Count;
        foreach (Subject subject in _subjects)
        {
            if (stop.IsCancellationRequested)
                return;
            Attempt(subject, () =>
            {
                subject.Start();
                Measurement.MeasureIdle(subject);
                subject.Result.Anatomy.AddRange(Measurement.OnePacket(subject));
            });
            task.Increment(1);
        }
    }

    // Subjects take turns at every sample, so that a drift of the host hits all alike.
    private void Measure(ProgressTask task)
    {
        task.MaxValue = options.Workloads.Count * options.Repeats * _subjects.Count;
        foreach (Workload workload in options.Workloads)
        {
            for (int repeat = 0; repeat < options.Repeats; repeat++)
            {
                foreach (Subject subject in _subjects)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    task.Description = $"measuring {workload.Name} on {subject.Result.Name.EscapeMarkup()}";
                    if (subject.Result.Failure is null && IsPossible(subject, workload))
                        Attempt(subject, () => RowOf(subject, workload).Samples.Add(Sample(subject, workload, repeat == 0)));
                    task.Increment(1);
                }
            }
        }
        task.Description = "measured";
    }

    private Sample Sample(Subject subject, Workload workload, bool first)
    {
        Dictionary<ulong, long>? profile = null;
        if (options.Profile && subject.CountsItself)
        {
            string key = $"{subject.Result.Name} {workload.Name}";
            profile = _profiles.TryGetValue(key, out Dictionary<ulong, long>? known) ? known : _profiles[key] = [];
        }
        return Measurement.Take(subject, workload, options.Packets, checkHypercalls: first, profile);
    }

    // The kernel of this host answers its own pings; that would not measure the process.
    private static bool IsPossible(Subject subject, Workload workload) => subject is not ProcessSubject || workload is UdpEcho;

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
    private static void Attempt(Subject subject, Action action)
    {
        try
        {
            action();
        }
        catch (RigException failure)
        {
            subject.Result.Failure = failure.Message.Split('\n')[0];
            subject.Result.Console = failure.Message;
        }
        catch (System.Net.Sockets.SocketException failure)
        {
            subject.Result.Failure = failure.Message;
            subject.Result.Console = subject.Report();
        }
    }

    private void Fail(string system, GuestPath path, string why) =>
        Results.Subjects.Add(new SubjectResult { System = system, Path = path.Name, Failure = why });
}
