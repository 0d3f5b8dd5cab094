using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Measure;
using Guest.Rig.Paths;
using Guest.Tool.Bench;
using Guest.Tool.Bench.Output;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;
using Spectre.Console;

namespace Guest.Tool.Commands;

/// <summary><c>./guest bench [APP]</c>.</summary>
internal static class BenchCommand
{
    private const int FailedCode = 1;
    private const int InterruptedCode = 130;

    public static Command Create()
    {
        Argument<string?> application = new("app")
        {
            Description = "The application: echo, web or reflect, whose paths lead to a network, or disk, whose lead to a disk; all unless told.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        application.AcceptOnlyFromAmong("echo", "web", "reflect", "disk");
        Option<string[]> paths = new("--path") { Description = "Only these paths.", HelpName = "name" };
        paths.AcceptOnlyFromAmong([.. GuestPaths.All.Select(path => path.Name)]);
        Option<string[]> workloads = new("--workload") { Description = "Only these workloads, such as udp-64x1, tcp-connect, raw-64x1, http-612x64.", HelpName = "name" };
        workloads.AcceptOnlyFromAmong([.. Workload.All.Select(workload => workload.Name)]);
        Option<bool> quick = new("--quick") { Description = "What most of the claims are judged by, two samples each: about two minutes on an idle machine." };
        Option<bool> full = new("--full") { Description = "All workloads, seven samples, Linux and KVM on every path." };
        Option<bool> noReferences = new("--no-reference") { Description = "Leave out Linux, the plain process, and KVM in an emulated host." };
        Option<bool> profile = new("--profile") { Description = "Show in which functions the guest's instructions are." };
        Option<int> patience = RunCommand.AtLeast(
            1, "--patience", "seconds", "How long a network may be silent while an answer is due; the third time its path has failed.", Subject.UsualPatienceSeconds);
        Option<string[]> compare = new("--compare")
        {
            Description = "Measure nothing; show what changed between two runs (folders of artifacts/bench).",
            HelpName = "run run",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> accelerator = new("--accel") { Description = "What executes the guests.", DefaultValueFactory = _ => "auto" };
        accelerator.AcceptOnlyFromAmong("auto", "kvm", "tcg");
        Command command = new("bench", "Measures an application down every path: instructions and device accesses per packet.")
        {
            application, paths, workloads, quick, full, noReferences, profile, patience, compare, accelerator,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(quick) && result.GetValue(full))
                result.AddError("--quick and --full exclude one another.");
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(compare) is { Length: 2 } runs)
            {
                Comparison.Write(AnsiConsole.Console, ResultFile.Read(runs[0]), ResultFile.Read(runs[1]));
                return 0;
            }
            BenchScale scale = parsed.GetValue(full) ? BenchScale.Full : parsed.GetValue(quick) ? BenchScale.Quick : BenchScale.Usual;
            string? only = parsed.GetValue(application);
            Workload[] chosen =
                [.. scale.Choose(parsed.GetValue(workloads) ?? []).Where(workload => only is null || workload.Application == only)];
            string[] names = parsed.GetValue(paths) ?? [];
            Dictionary<string, IReadOnlyList<GuestPath>> pathsOf = chosen.Select(workload => workload.Application).Distinct()
                .ToDictionary(name => name, name => Chosen(PathsOf(name, names.Length == 0 ? scale : BenchScale.Full), names));
            return Run(new BenchOptions
            {
                Paths = pathsOf,
                Workloads = chosen,
                Accelerator = Accelerators.Parse(parsed.GetRequiredValue(accelerator)),
                Units = scale.Units,
                Repeats = scale.Repeats,
                Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
                LinuxPaths = References("echo", scale.LinuxPaths),
                LinuxWebPaths = References("web", scale.LinuxPaths),
                LinuxDiskPaths = References("disk", scale.LinuxDiskPaths),
                KvmPaths = References("echo", scale.KvmPaths),
                Profile = parsed.GetValue(profile),
            });

            IReadOnlyList<GuestPath> References(string application, IReadOnlyList<string> on) => parsed.GetValue(noReferences)
                ? []
                : [.. (pathsOf.GetValueOrDefault(application) ?? []).Where(path => path.Hypervisor == Hypervisor.Qemu && on.Contains(path.Name))];
        });
        return command;
    }

    private static IReadOnlyList<GuestPath> PathsOf(string application, BenchScale scale) => application switch
    {
        BenchRunner.DiskApplication => GuestPaths.Disks,
        BenchRunner.WebApplication => [.. GuestPaths.Networks.Where(path => scale.WebPaths.Contains(path.Name))],
        _ => GuestPaths.Networks,
    };

    private static IReadOnlyList<GuestPath> Chosen(IReadOnlyList<GuestPath> paths, string[] names) =>
        names.Length == 0 ? paths : [.. paths.Where(path => names.Contains(path.Name))];

    private static int Run(BenchOptions options)
    {
        Repository repository = Repository.Find();
        if (options.Paths.Values.All(paths => paths.Count == 0))
            throw new RigException("No path that was named carries a workload that was named.");
        if (!Environment.IsPrivilegedProcess)
            throw new RigException("The benchmark makes network namespaces, and needs root for that.");
        GetPackages(options);

        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using BenchRunner runner = new(repository, options, stop.Token);
        BenchResults results = runner.Results;
        ReportFolder folder = ReportFolder.Create(Path.Combine(repository.Root, "artifacts", "bench"), results.Started);
        Say.Aside.Progress().HideCompleted(true).Start(runner.Run);

        if (results.Interrupted && results.Subjects.All(subject => subject.Rows.Count == 0 && subject.Failure is null))
        {
            folder.Remove();
            Say.Note("Nothing was measured.");
        }
        else
        {
            ResultTable.Write(AnsiConsole.Console, results);
            if (options.Profile)
                WriteProfiles(repository, runner);
            folder.Write(results);
            Say.Note($"{Path.GetRelativePath(repository.Root, folder.Path)}/{ReportFolder.Report} and {ResultFile.Name}");
        }
        return results.Interrupted ? InterruptedCode : results.Failed ? FailedCode : 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    // A host without Xen's packages is no reason to measure nothing: its paths say in their rows what they lack.
    private static void GetPackages(BenchOptions options)
    {
        HostPackages.Require(HostRequirements.All.Where(requirement => requirement.Scope != RequirementScope.Xen));
        if (!options.Paths.Values.Any(paths => paths.Any(path => path.Hypervisor == Hypervisor.Xen)))
            return;
        try
        {
            HostPackages.Require(HostRequirements.Of(RequirementScope.Xen));
        }
        catch (RigException missing)
        {
            Say.Note(missing.Message);
        }
    }

    private static void WriteProfiles(Repository repository, BenchRunner runner)
    {
        foreach (InstructionProfile profile in runner.Profiles)
        {
            ProfileTable.Write(
                AnsiConsole.Console,
                $"{profile.Subject} {profile.Workload}",
                profile.Counts,
                SymbolTable.Read(repository.SymbolsOf(profile.Application)),
                runner.Results.UnitsOf(profile.Subject, profile.Workload));
        }
    }
}
