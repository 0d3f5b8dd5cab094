using System;
using System.Diagnostics;
using System.Linq;
using Guest.Rig.Network;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench.Loads;

/// <summary>Packets of one size, so many unanswered at once, each expected back.</summary>
internal sealed class EchoLoad(EchoClient client, Workload workload) : Load
{
    public override LoadResult Run(int units)
    {
        EchoWindow window = new();
        EchoResult result = client.Run(
            new EchoPlan
            {
                Sizes = EchoPlan.Repeat(workload.Size, units),
                InFlight = workload.InFlight,
                // A saturated receiver may drop; then nothing more comes, and there is no point in waiting long.
                Patience = TimeSpan.FromSeconds(workload.InFlight == Workload.Saturated ? 1 : 5),
            },
            window);
        return new LoadResult(result.Sent, result.Echoed, [.. window.RoundTrips.Select(ticks => ticks * 1e6 / Stopwatch.Frequency)]);
    }

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }
}
