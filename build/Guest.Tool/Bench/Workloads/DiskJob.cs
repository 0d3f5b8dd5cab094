using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Blocks of a disk, read or written in order or at random.</summary>
/// <param name="Job">The job's name, as apps/Disk knows it.</param>
/// <param name="Size">Bytes in a request.</param>
/// <param name="InFlight">Requests at once.</param>
internal sealed record DiskJob(string Job, int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Application => "disk";

    public override string Protocol => Job;

    public override Load Open(Subject subject) => new DiskLoad(subject, this);
}
