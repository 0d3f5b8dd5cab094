using System.Collections.Generic;
using System.Linq;
using System.Net;
using Guest.Rig;
using Guest.Rig.Network;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Traffic of one kind: so many packets of one size, so many unanswered at once.</summary>
internal abstract record Workload(int Size, int InFlight)
{
    /// <summary>So many in flight that the subject always has more to do.</summary>
    public const int Saturated = 256;

    private static readonly int[] s_sizes = [64, 1400];
    private static readonly int[] s_inFlight = [1, 8, 16, 64, Saturated];

    /// <summary>The protocol, as it stands in a workload's name.</summary>
    public abstract string Protocol { get; }

    /// <summary><c>udp-64x16</c>: protocol, bytes, packets in flight.</summary>
    public string Name => $"{Protocol}-{Size}x{(InFlight == Saturated ? "max" : InFlight)}";

    /// <summary>The workloads of a run, the most telling first.</summary>
    public static IReadOnlyList<Workload> For(bool full, IReadOnlyCollection<string> names)
    {
        IEnumerable<Workload> all =
            from size in s_sizes
            from inFlight in s_inFlight
            from workload in new Workload[] { new UdpEcho(size, inFlight), new IcmpEcho(size, inFlight) }
            select workload;
        if (names.Count > 0)
        {
            foreach (string unknown in names.Where(name => all.All(each => each.Name != name)))
                throw new RigException($"There is no workload '{unknown}'. There are: {string.Join(", ", all.Select(each => each.Name))}.");
            return [.. all.Where(workload => names.Contains(workload.Name))];
        }
        return full ? [.. all] : [.. all.Where(InQuickRun)];
    }

    /// <summary>Connects a client of this kind.</summary>
    public abstract EchoClient Connect(NetworkNamespace network, IPAddress address, int port);

    private static bool InQuickRun(Workload workload) => workload.Size == 64
        ? workload is UdpEcho ? workload.InFlight is 1 or 16 or 64 : workload.InFlight == 1
        : workload is UdpEcho && workload.InFlight == 16;
}
