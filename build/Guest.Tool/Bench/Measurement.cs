using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench;

/// <summary>Puts a workload on a subject and reads all instruments before and after.</summary>
internal static class Measurement
{
    private const int RoundTripsKept = 100;
    private const int LooksOnEachSide = 2;
    private const double IdleTolerance = 0.2;

    // Instructions a second by which a Linux at rest differs from one look to the next: less than 50 for each of a sample's packets.
    private const double IdleNoise = 50_000;

    // Bursts make few hypercalls, of which those at the edges of a record would be a large part.
    private const int LeastUnitsOfBursts = 1_600;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_idlePatience = TimeSpan.FromSeconds(15);

    /// <summary>Measures what a subject does when nothing is asked of it.</summary>
    /// <remarks>A hypervisor still clears freed memory for seconds after a domain was made: the figure is taken when it stays the same.</remarks>
    public static void MeasureIdle(Subject subject)
    {
        if (subject.Instructions is not { } counter)
            return;
        counter.WaitForIdle(s_quiet, TimeSpan.FromSeconds(2));
        long deadline = Environment.TickCount64 + (long)s_idlePatience.TotalMilliseconds;
        InstructionReading idle = Look(counter, s_idle).PerSecond;
        InstructionReading earlier;
        do
        {
            earlier = idle;
            idle = Look(counter, s_idle).PerSecond;
        }
        while (Math.Abs(idle.All - earlier.All) > Math.Max(IdleTolerance * earlier.All, IdleNoise) && Environment.TickCount64 < deadline);
        subject.Result.IdleInstructionsPerSecond = idle.Own;
        subject.Result.IdleInstructionsPerSecondByOwner = idle.ByOwner;
    }

    /// <summary>One sample.</summary>
    /// <param name="subject">What is measured.</param>
    /// <param name="workload">The traffic.</param>
    /// <param name="units">How much of it: packets, or blocks.</param>
    /// <param name="checkHypercalls">Whether to let Xen record hypercalls too, where it can, in a second run.</param>
    /// <param name="profile">Receives the instructions by block of guest code; null if nobody asks.</param>
    public static Sample Take(
        Subject subject, Workload workload, int units, bool checkHypercalls = false, Dictionary<ulong, long>? profile = null)
    {
        using Load load = workload.Open(subject);
        // Address resolution, and whatever a first packet or block of its kind costs, come before.
        load.Run(Math.Min(units, workload.InFlight * 2));
        IdleReadings idle = new();
        Rest(subject);
        Observe(subject, idle);
        InstructionReading fixedCost = load.HasFixedCost && subject.Instructions is not null ? MeasureFixed(subject, load) : InstructionReading.None;

        GuestCounters? insideBefore = subject.CountsItself ? subject.AskCounters() : null;
        IReadOnlyDictionary<string, long> hostBefore = subject.AskHost();
        Rest(subject);
        if (subject.ShowsAccesses)
            subject.StartAccessTrace();
        Dictionary<ulong, long>? blocksBefore = profile is null ? null : subject.Instructions?.Blocks();
        TimeSpan cpuBefore = HostCpu.Of(subject.ProcessId);
        InstructionReading? before = subject.Instructions is null ? null : InstructionReading.Take(subject.Instructions);
        Stopwatch busy = Stopwatch.StartNew();

        LoadResult result = load.Run(units);

        double seconds = busy.Elapsed.TotalSeconds;
        TimeSpan cpu = HostCpu.Of(subject.ProcessId) - cpuBefore;
        Rest(subject);
        int done = Math.Max(1, result.Done);
        InstructionReading? whole = before is null ? null : InstructionReading.Take(subject.Instructions!).Since(before);
        if (blocksBefore is not null)
            AddDifference(profile!, blocksBefore, subject.Instructions!.Blocks());
        IReadOnlyList<DeviceAccess>? accesses = subject.ShowsAccesses ? subject.StopAccessTrace() : null;
        Observe(subject, idle);
        InstructionCost? cost = whole is null ? null : InstructionCost.Of(whole, fixedCost, idle, done);
        IReadOnlyDictionary<string, long> host = subject.AskHost();
        GuestCounters? inside = insideBefore is null ? null : subject.AskCounters().Since(insideBefore);

        Dictionary<string, long>? device = inside?.Devices
            .FirstOrDefault(each => each.Value.ContainsKey("received") || each.Value.ContainsKey("sent")).Value;
        double[] trips = [.. result.RoundTripsMicroseconds.Order()];
        return new Sample
        {
            Units = result.Tried,
            Lost = result.Tried - result.Done,
            SentAgain = result.SentAgain,
            Seconds = seconds,
            Instructions = cost?.Own.Value,
            InstructionsDoubt = cost?.Own.Doubt ?? 0,
            InstructionsByOwner = Each(cost, figure => figure.Value),
            InstructionsByOwnerDoubt = Each(cost, figure => figure.Doubt),
            MachineInstructionsDoubt = cost?.MachineDoubt ?? 0,
            Accesses = accesses is null ? null : (double)accesses.Count(access => IsOfDevice(access, subject)) / done,
            AccessesInside = accesses is null || device is null ? null : (double)GuestCounters.AccessesIn(device) / done,
            AccessesByRegister = (accesses ?? []).GroupBy(Describe).ToDictionary(group => group.Key, group => (double)group.Count() / done),
            Hypercalls = checkHypercalls && subject.ShowsHypercalls ? CheckHypercalls(subject, load, workload.InFlight > 1 ? Math.Max(units, LeastUnitsOfBursts) : units) : null,
            Host = host.ToDictionary(count => count.Key, count => (double)(count.Value - hostBefore.GetValueOrDefault(count.Key)) / done),
            Inside = (device ?? []).ToDictionary(pair => pair.Key, pair => (double)pair.Value / done),
            AllocatedBytes = inside?.Devices.GetValueOrDefault("cpu")?.GetValueOrDefault("allocatedBytes"),
            HostMicroseconds = cpu.TotalMicroseconds / done,
            RoundTripMedianMicroseconds = At(trips, 0.5),
            RoundTrip99Microseconds = At(trips, 0.99),
            RoundTrips = [.. Enumerable.Range(0, Math.Min(RoundTripsKept, trips.Length))
                .Select(i => At(trips, (i + 0.5) / Math.Min(RoundTripsKept, trips.Length)) ?? 0)],
        };
    }

    /// <summary>Every access that one packet or block makes, in order; of a load that is typed, those to its device.</summary>
    public static IReadOnlyList<string> OneUnit(Subject subject, Workload workload)
    {
        if (!subject.ShowsAccesses)
            return [];
        using Load load = workload.Open(subject);
        load.Run(2);
        Rest(subject);
        subject.StartAccessTrace();
        load.Run(1);
        Rest(subject);
        return [.. subject.StopAccessTrace().Where(access => !load.HasFixedCost || IsOfDevice(access, subject)).Select(Describe)];
    }

    // What a run costs that does nothing.
    private static InstructionReading MeasureFixed(Subject subject, Load load)
    {
        Rest(subject);
        InstructionReading before = InstructionReading.Take(subject.Instructions!);
        load.Run(0);
        Rest(subject);
        return InstructionReading.Take(subject.Instructions!).Since(before);
    }

    private static void Observe(Subject subject, IdleReadings idle)
    {
        for (int look = 0; look < LooksOnEachSide && subject.Instructions is { } counter; look++)
            idle.Add(Look(counter, s_look, mayGlance: subject.CountsItself));
    }

    // What is executed with nothing to do. A guest of ours that is alone on its machine halts for good, which a glance tells; any other may just
    // have had no turn on a busy host.
    private static InstructionReading Look(InstructionCounter counter, TimeSpan time, bool mayGlance = false)
    {
        InstructionReading before = InstructionReading.Take(counter);
        Thread.Sleep(s_glance);
        InstructionReading glance = InstructionReading.Take(counter).Since(before);
        if (mayGlance && glance.ByOwner.Count == 0 && glance.All == 0)
            return glance;
        Thread.Sleep(time - s_glance);
        return InstructionReading.Take(counter).Since(before);
    }

    private static Dictionary<string, double> Each(InstructionCost? cost, Func<Figure, double> part) =>
        cost is null ? [] : cost.ByOwner.ToDictionary(owner => owner.Key, owner => part(owner.Value));

    private static HypercallCheck CheckHypercalls(Subject subject, Load load, int units)
    {
        GuestCounters first = Ask();
        GuestCounters second = Ask();
        if (load.HasFixedCost)
            load.Run(0);
        GuestCounters before = Ask();
        subject.StartHypercallTrace();
        LoadResult result = load.Run(units);
        Rest(subject);
        HypercallSummary seen = subject.StopHypercallTrace();
        GuestCounters after = Ask();
        HypercallReading reading = new(seen, subject.Domain, OfAsking: second.Since(first), OfNothing: before.Since(second), IsTold: load.HasFixedCost);
        return reading.Compare(after.Since(before), Math.Max(1, result.Done));

        GuestCounters Ask()
        {
            GuestCounters counters = subject.AskCounters();
            Rest(subject);
            return counters;
        }
    }

    // A count belongs to what was asked of a guest only if nothing else is going on.
    private static void Rest(Subject subject) => subject.Instructions?.WaitForIdle(s_quiet, s_settle);

    private static bool IsOfDevice(DeviceAccess access, Subject subject) =>
        subject.DeviceRegions.Any(region => access.Region.StartsWith(region, StringComparison.Ordinal));

    private static string Describe(DeviceAccess access) => string.Create(
        CultureInfo.InvariantCulture, $"{access.Region} {(access.Write ? "write" : "read")} 0x{access.Address:x}");

    private static double? At(double[] sorted, double part) =>
        sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];

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
