using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Results;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench;

/// <summary>Sets what a guest counted of its hypercalls beside what Xen recorded.</summary>
internal static class HypercallReading
{
    private const string Device = "xen";
    private const string KindPrefix = "hypercall";

    /// <summary>Compares.</summary>
    /// <param name="seen">Xen's record.</param>
    /// <param name="domain">The guest's number.</param>
    /// <param name="inside">What the guest counted meanwhile.</param>
    /// <param name="ofAsking">What it counts when it is asked and nothing else happens.</param>
    /// <param name="packets">By what to divide.</param>
    public static HypercallCheck Compare(HypercallSummary seen, int domain, GuestCounters inside, GuestCounters ofAsking, int packets)
    {
        Dictionary<string, long> asking = Hypercalls(ofAsking);
        return new HypercallCheck
        {
            Outside = PerPacket(seen.Hypercalls(domain)),
            Inside = Hypercalls(inside).ToDictionary(
                call => seen.NameOf(int.Parse(call.Key[KindPrefix.Length..], CultureInfo.InvariantCulture)),
                call => (double)(call.Value - asking.GetValueOrDefault(call.Key)) / packets),
            Traps = PerPacket(seen.Traps(domain)),
            Switches = PerPacket(new Dictionary<string, long>
            {
                ["guest"] = seen.Runs(domain),
                ["dom0"] = seen.Runs(0),
                ["idle"] = seen.Runs(HypercallSummary.IdleDomain),
            }),
        };

        Dictionary<string, double> PerPacket(IReadOnlyDictionary<string, long> counts) =>
            counts.ToDictionary(count => count.Key, count => (double)count.Value / packets);
    }

    private static Dictionary<string, long> Hypercalls(GuestCounters counters) => counters.Devices.GetValueOrDefault(Device) ?? [];
}
