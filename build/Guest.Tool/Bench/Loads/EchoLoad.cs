using System;
using System.Diagnostics;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Network;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench.Loads;

/// <summary>Packets of one size, so many unanswered at once, each expected back.</summary>
internal sealed class EchoLoad(Subject subject, EchoClient client, Workload workload) : Load
{
    private const int MostSilences = 3;

    private static readonly TimeSpan s_lossPatience = TimeSpan.FromSeconds(1);

    public override LoadResult Run(int units)
    {
        EchoWindow window = new();
        EchoResult result = client.Run(
            new EchoPlan
            {
                Sizes = EchoPlan.Repeat(workload.Size, units),
                InFlight = workload.InFlight,
                // A saturated receiver may drop; then nothing more comes, and there is no point in waiting long.
                MostSilences = MostSilences,
                Patience = workload.InFlight == Workload.Saturated && s_lossPatience < subject.Patience ? s_lossPatience : subject.Patience,
                IsThere = () => subject.Runs,
            },
            window);
        if (!subject.Runs)
            throw new RigException($"Its machine ended after {result.Echoed} of {units} echoes.\n{subject.Report()}");
        if (result.Sent < units || (units > 0 && result.Echoed == 0))
            throw new RigException($"It fell silent after {result.Echoed} of {units} echoes.\n{subject.Report()}");
        return new LoadResult(result.Sent, result.Echoed, [.. window.RoundTrips.Select(ticks => ticks * 1e6 / Stopwatch.Frequency)]);
    }

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }
}
