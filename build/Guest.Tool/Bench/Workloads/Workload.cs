using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Traffic of one kind: so many packets or blocks of one size, so many unanswered at once.</summary>
internal abstract record Workload(int Size, int InFlight)
{
    /// <summary>So many in flight that the subject always has more to do.</summary>
    public const int Saturated = 256;

    private const int BlockSize = 4096;

    private static readonly int[] s_sizes = [64, 1400];
    private static readonly int[] s_inFlight = [1, 8, 16, 64, Saturated];
    private static readonly int[] s_connections = [1, 16];
    private static readonly int[] s_clients = [1, 64];
    private static readonly string[] s_diskJobs = ["randread", "randwrite", "read", "write"];
    private static readonly int[] s_depths = [1, 32];

    /// <summary>All there are, the most telling first.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        .. from size in s_sizes
           from inFlight in s_inFlight
           from workload in new Workload[] { new UdpEcho(size, inFlight), new IcmpEcho(size, inFlight) }
           select workload,
        .. s_connections.Select(connections => new TcpEcho(s_sizes[0], connections)),
        new TcpConnect(), new TcpBulk(IsIn: true), new TcpBulk(IsIn: false),
        .. s_connections.Select(frames => new RawEcho(s_sizes[0], frames)),
        .. s_clients.Select(connections => new HttpGet(connections)),
        .. from job in s_diskJobs
           from depth in s_depths
           select new DiskJob(job, BlockSize, depth),
    ];

    /// <summary>The appliance that it is put on.</summary>
    public abstract string Application { get; }

    /// <summary>The protocol, or the disk's job, as it stands in a workload's name.</summary>
    public abstract string Protocol { get; }

    /// <summary><c>udp-64x16</c>: protocol, bytes, packets in flight.</summary>
    public virtual string Name => $"{Protocol}-{Size}x{(InFlight == Saturated ? "max" : InFlight)}";

    /// <summary>Whether a plain process of this host does it, and not the host's kernel.</summary>
    public virtual bool IsOfProcess => true;

    /// <summary>Whether it is also put on a device that is refused its offloads.</summary>
    public virtual bool IsOfPlainDevice => false;

    /// <summary>An application's smallest unit of work, alone.</summary>
    public static Workload Simplest(string application) => All.First(workload => workload.Application == application && workload.InFlight == 1);

    /// <summary>How many units of it make a sample.</summary>
    /// <param name="units">How many packets or blocks do.</param>
    public virtual int UnitsOf(int units) => units;

    /// <summary>Connects it to a subject.</summary>
    public abstract Load Open(Subject subject);
}
