using Guest.Rig.Network;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Pings: what the stack itself answers.</summary>
internal sealed record IcmpEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Protocol => "icmp";

    public override string Application => "echo";

    // The kernel of this host answers its own pings; that would not measure the process.
    public override bool IsOfProcess => false;

    public override Load Open(Subject subject) => new EchoLoad(subject, PingClient.Open(subject.Network, subject.Address), this);
}
