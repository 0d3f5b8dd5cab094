using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Results;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench;

/// <summary>Sets what a guest counted of its hypercalls beside what Xen recorded.</summary>
/// <remarks>A guest that is asked answers by hypercalls, outside of the record; and an application that is told on the console what to do answers there
/// too, inside of it. Neither belongs to a packet or a block.</remarks>
/// <param name="Seen">Xen's record.</param>
/// <param name="Domain">The guest's number.</param>
/// <param name="OfAsking">What the guest counts when it is asked and nothing else happens.</param>
/// <param name="OfNothing">What it counts when it is asked and told to do nothing.</param>
/// <param name="IsTold">Whether it is told on the console.</param>
internal sealed record HypercallReading(
    HypercallSummary Seen, int Domain, GuestCounters OfAsking, GuestCounters OfNothing, bool IsTold)
{
    private const string Device = "xen";
    private const string KindPrefix = "hypercall";

    /// <summary>Compares.</summary>
    /// <param name="inside">What the guest counted from before the record to after it.</param>
    /// <param name="units">By what to divide.</param>
    public HypercallCheck Compare(GuestCounters inside, int units)
    {
        Dictionary<string, long> asking = Hypercalls(OfAsking);
        Dictionary<string, long> seen = Without(Seen.Hypercalls(Domain), []);
        Dictionary<string, long> told = IsTold ? Without(Hypercalls(OfNothing), asking) : [];
        return new HypercallCheck
        {
            Units = units,
            Outside = PerUnit(Without(seen, told)),
            Inside = PerUnit(Without(Without(Hypercalls(inside), asking), told)),
            Traps = PerUnit(Seen.Traps(Domain)),
            Switches = PerUnit(new Dictionary<string, long>
            {
                ["guest"] = Seen.Runs(Domain),
                ["dom0"] = Seen.Runs(0),
                ["idle"] = Seen.Runs(HypercallSummary.IdleDomain),
            }),
        };

        Dictionary<string, double> PerUnit(IReadOnlyDictionary<string, long> counts) =>
            counts.ToDictionary(count => count.Key, count => (double)count.Value / units);
    }

    private static Dictionary<string, long> Without(IReadOnlyDictionary<string, long> counts, Dictionary<string, long> part) =>
        counts.ToDictionary(count => count.Key, count => count.Value - part.GetValueOrDefault(count.Key));

    // By name.
    private Dictionary<string, long> Hypercalls(GuestCounters counters) => (counters.Devices.GetValueOrDefault(Device) ?? [])
        .ToDictionary(call => Seen.NameOf(int.Parse(call.Key[KindPrefix.Length..], CultureInfo.InvariantCulture)), call => call.Value);
}
