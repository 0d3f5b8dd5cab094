using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench;

/// <summary>Puts a workload on a subject and reads all instruments before and after.</summary>
internal static class Measurement
{
    private const int RoundTripsKept = 100;
    private const double IdleTolerance = 0.2;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_idlePatience = TimeSpan.FromSeconds(15);
    private static readonly string[] s_accessKinds = ["registerRead", "registerWrite", "portRead", "portWrite"];

    /// <summary>Measures what a subject does when nothing is asked of it.</summary>
    /// <remarks>A hypervisor still clears freed memory for seconds after a domain was made: the figure is taken when it stays the same.</remarks>
    public static void MeasureIdle(Subject subject)
    {
        if (subject.Instructions is not { } counter)
            return;
        counter.WaitForIdle(s_quiet, TimeSpan.FromSeconds(2));
        long deadline = Environment.TickCount64 + (long)s_idlePatience.TotalMilliseconds;
        InstructionReading idle = OneIdle();
        InstructionReading earlier;
        do
        {
            earlier = idle;
            idle = OneIdle();
        }
        while (Math.Abs(idle.All - earlier.All) > IdleTolerance * earlier.All && Environment.TickCount64 < deadline);
        subject.Idle = idle;
        subject.Result.IdleInstructionsPerSecond = idle.Own;
        subject.Result.IdleInstructionsPerSecondByOwner = idle.ByOwner;

        InstructionReading OneIdle()
        {
            InstructionReading before = InstructionReading.Take(counter);
            Thread.Sleep(s_idle);
            return InstructionReading.Take(counter).Since(before, InstructionReading.None).PerSecond;
        }
    }

    /// <summary>One sample.</summary>
    /// <param name="subject">What is measured.</param>
    /// <param name="workload">The traffic.</param>
    /// <param name="packets">How much of it.</param>
    /// <param name="checkHypercalls">Whether to let Xen record hypercalls too, where it can, in a second run.</param>
    /// <param name="profile">Receives the instructions by block of guest code; null if nobody asks.</param>
    public static Sample Take(
        Subject subject, Workload workload, int packets, bool checkHypercalls = false, Dictionary<ulong, long>? profile = null)
    {
        using EchoClient client = workload.Connect(subject.Network, subject.Address, subject.Port);
        // Address resolution, and whatever a first packet of its kind costs, come before.
        Run(client, workload, Math.Min(packets, workload.InFlight * 2), new EchoWindow());
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);

        GuestCounters? insideBefore = subject.CountsItself ? subject.AskCounters() : null;
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);
        if (subject.ShowsAccesses)
            subject.StartAccessTrace();
        Dictionary<ulong, long>? blocksBefore = profile is null ? null : subject.Instructions?.Blocks();
        TimeSpan cpuBefore = HostCpu.Of(subject.ProcessId);
        InstructionReading? before = subject.Instructions is null ? null : InstructionReading.Take(subject.Instructions);
        Stopwatch busy = Stopwatch.StartNew();

        EchoWindow window = new();
        EchoResult result = Run(client, workload, packets, window);

        double seconds = busy.Elapsed.TotalSeconds;
        TimeSpan cpu = HostCpu.Of(subject.ProcessId) - cpuBefore;
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);
        int echoed = Math.Max(1, result.Echoed);
        InstructionReading? cost = before is null ? null : InstructionReading.Take(subject.Instructions!).Since(before, subject.Idle).Per(echoed);
        if (blocksBefore is not null)
            AddDifference(profile!, blocksBefore, subject.Instructions!.Blocks());
        IReadOnlyList<DeviceAccess>? accesses = subject.ShowsAccesses ? subject.StopAccessTrace() : null;
        GuestCounters? inside = insideBefore is null ? null : subject.AskCounters().Since(insideBefore);

        Dictionary<string, long>? device = inside?.Devices
            .FirstOrDefault(each => each.Value.ContainsKey("received")).Value;
        double[] trips = [.. window.RoundTrips.Select(ticks => ticks * 1e6 / Stopwatch.Frequency).Order()];
        return new Sample
        {
            Packets = result.Sent,
            Lost = result.Lost + result.Altered,
            Seconds = seconds,
            Instructions = cost?.Own,
            InstructionsByOwner = cost?.ByOwner ?? [],
            Accesses = accesses is null ? null : (double)accesses.Count(access => IsOfDevice(access, subject)) / echoed,
            AccessesInside = accesses is null || device is null ? null : (double)s_accessKinds.Sum(kind => device.GetValueOrDefault(kind)) / echoed,
            AccessesByRegister = (accesses ?? []).GroupBy(Describe).ToDictionary(group => group.Key, group => (double)group.Count() / echoed),
            Hypercalls = checkHypercalls && subject.ShowsHypercalls ? CheckHypercalls(subject, client, workload, packets) : null,
            Inside = (device ?? []).ToDictionary(pair => pair.Key, pair => (double)pair.Value / echoed),
            AllocatedBytes = inside?.Devices.GetValueOrDefault("cpu")?.GetValueOrDefault("allocatedBytes"),
            HostMicroseconds = cpu.TotalMicroseconds / echoed,
            RoundTripMedianMicroseconds = At(trips, 0.5),
            RoundTrip99Microseconds = At(trips, 0.99),
            RoundTrips = [.. Enumerable.Range(0, Math.Min(RoundTripsKept, trips.Length))
                .Select(i => At(trips, (i + 0.5) / Math.Min(RoundTripsKept, trips.Length)))],
        };
    }

    // A guest that is asked answers by hypercalls: what an asking costs is found by asking twice, and subtracted.
    private static HypercallCheck CheckHypercalls(Subject subject, EchoClient client, Workload workload, int packets)
    {
        GuestCounters first = Ask();
        GuestCounters before = Ask();
        subject.StartHypercallTrace();
        EchoResult result = Run(client, workload, packets, new EchoWindow());
        subject.Instructions!.WaitForIdle(s_quiet, s_settle);
        HypercallSummary seen = subject.StopHypercallTrace();
        return HypercallReading.Compare(seen, subject.Domain, Ask().Since(before), before.Since(first), Math.Max(1, result.Echoed));

        GuestCounters Ask()
        {
            GuestCounters counters = subject.AskCounters();
            subject.Instructions!.WaitForIdle(s_quiet, s_settle);
            return counters;
        }
    }

    /// <summary>Every access that one UDP echo makes, in order.</summary>
    public static IReadOnlyList<string> OnePacket(Subject subject)
    {
        if (!subject.ShowsAccesses)
            return [];
        UdpEcho workload = new(64, 1);
        using EchoClient client = workload.Connect(subject.Network, subject.Address, subject.Port);
        Run(client, workload, 2, new EchoWindow());
        subject.Instructions!.WaitForIdle(s_quiet, s_settle);
        subject.StartAccessTrace();
        Run(client, workload, 1, new EchoWindow());
        subject.Instructions.WaitForIdle(s_quiet, s_settle);
        return [.. subject.StopAccessTrace().Select(Describe)];
    }

    private static EchoResult Run(EchoClient client, Workload workload, int packets, EchoWindow window) => client.Run(
        new EchoPlan
        {
            Sizes = EchoPlan.Repeat(workload.Size, packets),
            InFlight = workload.InFlight,
            // A saturated receiver may drop; then nothing more comes, and there is no point in waiting long.
            Patience = TimeSpan.FromSeconds(workload.InFlight == Workload.Saturated ? 1 : 5),
        },
        window);

    private static bool IsOfDevice(DeviceAccess access, Subject subject) =>
        subject.DeviceRegion.Length > 0 && access.Region.StartsWith(subject.DeviceRegion, StringComparison.Ordinal);

    private static string Describe(DeviceAccess access) => string.Create(
        CultureInfo.InvariantCulture, $"{access.Region} {(access.Write ? "write" : "read")} 0x{access.Address:x}");

    private static double At(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];

    private static void AddDifference(Dictionary<ulong, long> profile, Dictionary<ulong, long> before, Dictionary<ulong, long> after)
    {
        foreach ((ulong address, long count) in after)
        {
            long change = count - before.GetValueOrDefault(address);
            if (change > 0)
                profile[address] = profile.GetValueOrDefault(address) + change;
        }
    }
}
