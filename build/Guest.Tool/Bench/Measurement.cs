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

namespace Guest.Tool.Bench;

/// <summary>Puts a workload on a subject and reads all instruments before and after.</summary>
internal static class Measurement
{
    private const int RoundTripsKept = 100;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(400);
    private static readonly string[] s_accessKinds = ["registerRead", "registerWrite", "portRead", "portWrite"];

    /// <summary>Measures what a subject does when nothing is asked of it.</summary>
    public static void MeasureIdle(Subject subject)
    {
        if (subject.Instructions is not { } counter)
            return;
        counter.WaitForIdle(s_quiet, TimeSpan.FromSeconds(2));
        Stopwatch time = Stopwatch.StartNew();
        long before = counter.Total;
        Thread.Sleep(500);
        subject.Result.IdleInstructionsPerSecond = (counter.Total - before) / time.Elapsed.TotalSeconds;
    }

    /// <summary>One sample.</summary>
    /// <param name="subject">What is measured.</param>
    /// <param name="workload">The traffic.</param>
    /// <param name="packets">How much of it.</param>
    /// <param name="profile">Receives the instructions by block of guest code; null if nobody asks.</param>
    public static Sample Take(Subject subject, Workload workload, int packets, Dictionary<ulong, long>? profile = null)
    {
        using EchoClient client = workload.Connect(subject.Network, subject.Address, subject.Port);
        // Address resolution, and whatever a first packet of its kind costs, come before.
        Run(client, workload, Math.Min(packets, workload.InFlight * 2), new EchoWindow());
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);

        GuestCounters? insideBefore = subject.CountsItself ? GuestCounters.Ask(subject.Guest!) : null;
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);
        subject.Accesses?.Enable(subject.Guest!.Qmp, on: true);
        Dictionary<ulong, long>? blocksBefore = profile is null ? null : subject.Instructions?.Blocks();
        TimeSpan cpuBefore = HostCpu.Of(subject.ProcessId);
        long instructionsBefore = subject.Instructions?.Total ?? 0;
        Stopwatch busy = Stopwatch.StartNew();

        EchoWindow window = new();
        EchoResult result = Run(client, workload, packets, window);

        double seconds = busy.Elapsed.TotalSeconds;
        TimeSpan cpu = HostCpu.Of(subject.ProcessId) - cpuBefore;
        subject.Instructions?.WaitForIdle(s_quiet, s_settle);
        double instructions = (subject.Instructions?.Total ?? 0) - instructionsBefore
            - subject.Result.IdleInstructionsPerSecond * busy.Elapsed.TotalSeconds;
        if (blocksBefore is not null)
            AddDifference(profile!, blocksBefore, subject.Instructions!.Blocks());
        subject.Accesses?.Enable(subject.Guest!.Qmp, on: false);
        GuestCounters? inside = subject.CountsItself ? GuestCounters.Ask(subject.Guest!).Since(insideBefore!) : null;

        int echoed = Math.Max(1, result.Echoed);
        IReadOnlyList<DeviceAccess>? accesses = subject.Accesses?.Read();
        Dictionary<string, long>? device = inside?.Devices
            .FirstOrDefault(each => each.Value.ContainsKey("received")).Value;
        double[] trips = [.. window.RoundTrips.Select(ticks => ticks * 1e6 / Stopwatch.Frequency).Order()];
        return new Sample
        {
            Packets = result.Sent,
            Lost = result.Lost + result.Altered,
            Seconds = seconds,
            Instructions = subject.Instructions is null ? null : instructions / echoed,
            Accesses = accesses is null ? null : (double)accesses.Count(access => IsOfDevice(access, subject)) / echoed,
            AccessesInside = device is null ? null : (double)s_accessKinds.Sum(kind => device.GetValueOrDefault(kind)) / echoed,
            AccessesByRegister = (accesses ?? []).GroupBy(Describe).ToDictionary(group => group.Key, group => (double)group.Count() / echoed),
            Inside = (device ?? []).ToDictionary(pair => pair.Key, pair => (double)pair.Value / echoed),
            AllocatedBytes = inside?.Devices.GetValueOrDefault("cpu")?.GetValueOrDefault("allocatedBytes"),
            HostMicroseconds = cpu.TotalMicroseconds / echoed,
            RoundTripMedianMicroseconds = At(trips, 0.5),
            RoundTrip99Microseconds = At(trips, 0.99),
            RoundTrips = [.. Enumerable.Range(0, Math.Min(RoundTripsKept, trips.Length))
                .Select(i => At(trips, (i + 0.5) / Math.Min(RoundTripsKept, trips.Length)))],
        };
    }

    /// <summary>Every access that one UDP echo makes, in order.</summary>
    public static IReadOnlyList<string> OnePacket(Subject subject)
    {
        if (subject.Accesses is not { } trace)
            return [];
        UdpEcho workload = new(64, 1);
        using EchoClient client = workload.Connect(subject.Network, subject.Address, subject.Port);
        Run(client, workload, 2, new EchoWindow());
        subject.Instructions!.WaitForIdle(s_quiet, s_settle);
        trace.Enable(subject.Guest!.Qmp, on: true);
        Run(client, workload, 1, new EchoWindow());
        subject.Instructions.WaitForIdle(s_quiet, s_settle);
        trace.Enable(subject.Guest.Qmp, on: false);
        return [.. trace.Read().Select(Describe)];
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
