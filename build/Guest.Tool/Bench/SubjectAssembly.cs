using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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

/// <summary>Builds what a run measures: a subject for each path, and what this host has not for the others.</summary>
internal sealed class SubjectAssembly(Repository repository, BenchOptions options, BenchResults results, Attempts attempts)
{
    private readonly List<Subject> _subjects = [];
    private string? _plugin;

    /// <summary>The subjects, none of which is started.</summary>
    public IReadOnlyList<Subject> Subjects => _subjects;

    /// <summary>Does it.</summary>
    public void Build(ProgressTask task)
    {
        task.MaxValue = options.Paths.Count + 2;
        if (options.Accelerator == Accelerator.Tcg)
            _plugin = CounterPlugin.Build(repository);
        task.Increment(1);
        foreach ((string application, IReadOnlyList<GuestPath> paths) in options.Paths)
        {
            string image = new ImageBuilder(repository).Build(application);
            results.Images.Add(new ImageFacts { Application = application, Bytes = new FileInfo(image).Length });
            foreach (GuestPath path in paths)
                AddGuest(application, image, path);
            if (application == BenchRunner.EchoApplication)
                AddPlain(application, image, paths);
            task.Increment(1);
        }
        AddKvm();
        AddReferences();
        foreach (Subject subject in _subjects)
        {
            subject.Patience = options.Patience;
            results.Subjects.Add(subject.Result);
        }
        task.Increment(1);
    }

    private void AddGuest(string application, string image, GuestPath path)
    {
        if (path.Hypervisor == Hypervisor.Xen && HostRequirements.MissingFor(Hypervisor.Xen) is { } missing)
            Lack("guest", application, path, $"'{missing}' is missing; ./guest doctor --install gets it");
        else if (path.Hypervisor == Hypervisor.Xen)
            _subjects.Add(new XenSubject(application, image, path, _plugin ??= CounterPlugin.Build(repository)));
        else if (application == BenchRunner.DiskApplication)
            _subjects.Add(new DiskSubject(application, image, path, options.Accelerator, _plugin));
        else
            _subjects.Add(new GuestSubject(application, image, path, options.Accelerator, _plugin));
    }

    // Of the virtio devices one tells what offloads are worth.
    private void AddPlain(string application, string image, IReadOnlyList<GuestPath> paths)
    {
        if (PlainOf(paths) is { } plain)
            _subjects.Add(new GuestSubject(application, image, plain, options.Accelerator, _plugin));
    }

    private GuestPath? PlainOf(IReadOnlyList<GuestPath> paths) =>
        options.Workloads.Any(workload => workload.IsOfPlainDevice) ? paths.FirstOrDefault(path => path.IsVirtio)?.WithoutOffloads() : null;

    private void AddKvm()
    {
        if (options.KvmPaths.Count == 0)
            return;
        try
        {
            LinuxGuest host = KvmHost.Prepare(repository);
            _plugin ??= CounterPlugin.Build(repository);
            foreach (GuestPath path in options.KvmPaths)
                _subjects.Add(new KvmSubject(BenchRunner.EchoApplication, host, repository.ImageOf(BenchRunner.EchoApplication), path, _plugin));
        }
        catch (RigException failure) when (!attempts.IsStopping)
        {
            foreach (GuestPath path in options.KvmPaths)
                Lack("kvm", BenchRunner.EchoApplication, path, failure.Message);
        }
    }

    private void AddReferences()
    {
        AddReference(BenchRunner.EchoApplication, options.LinuxPaths, () =>
        {
            LinuxGuest linux = LinuxGuest.Prepare(repository, LinuxService.Application(repository, BenchRunner.EchoApplication, ""));
            AddLinux("linux", BenchRunner.EchoApplication, linux, options.LinuxPaths);
            if (PlainOf(options.LinuxPaths) is { } plain)
                AddLinux("linux", BenchRunner.EchoApplication, linux, [plain]);
            _subjects.Add(new ProcessSubject(BenchRunner.EchoApplication, LinuxService.Publish(repository, BenchRunner.EchoApplication)));
        });
        AddReference(BenchRunner.WebApplication, options.LinuxWebPaths, () =>
        {
            LinuxGuest linux = LinuxGuest.Prepare(repository, LinuxService.Application(repository, BenchRunner.WebApplication, ""));
            AddLinux("linux", BenchRunner.WebApplication, linux, options.LinuxWebPaths);
            _subjects.Add(new ProcessSubject(BenchRunner.WebApplication, LinuxService.Publish(repository, BenchRunner.WebApplication)));
        });
        AddReference(BenchRunner.WebApplication, options.LinuxWebPaths, () =>
        {
            LinuxGuest linux = LinuxGuest.Prepare(repository, NginxService.Prepare(repository, HttpGet.Page, HttpGet.Content));
            AddLinux("nginx", BenchRunner.WebApplication, linux, options.LinuxWebPaths);
        }, "nginx");
        AddReference(BenchRunner.DiskApplication, options.LinuxDiskPaths, () =>
        {
            LinuxGuest linux = LinuxDisk.Prepare(repository);
            foreach (GuestPath path in options.LinuxDiskPaths)
                _subjects.Add(new LinuxDiskSubject(BenchRunner.DiskApplication, linux, path, options.Accelerator, _plugin));
            _subjects.Add(new ProcessDiskSubject(BenchRunner.DiskApplication, LinuxService.Publish(repository, BenchRunner.DiskApplication)));
        });
    }

    private void AddLinux(string system, string application, LinuxGuest linux, IReadOnlyList<GuestPath> paths)
    {
        foreach (GuestPath path in paths)
        {
            if (LinuxGuest.LackOn(path) is { } lack)
                Lack(system, application, path, lack);
            else
                _subjects.Add(new LinuxSubject(system, application, linux, path, options.Accelerator, _plugin));
        }
    }

    private void AddReference(string application, IReadOnlyList<GuestPath> paths, Action add, string system = "linux")
    {
        if (paths.Count == 0)
            return;
        try
        {
            add();
        }
        catch (RigException failure) when (!attempts.IsStopping)
        {
            foreach (GuestPath path in paths)
                Lack(system, application, path, failure.Message);
        }
    }

    private void Lack(string system, string application, GuestPath path, string what) =>
        results.Subjects.Add(new SubjectResult { System = system, Path = path.Name, Application = application, Lack = what });
}
