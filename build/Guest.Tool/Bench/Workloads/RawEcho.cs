using Guest.Rig.Network;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Ethernet frames that the application sends back with their addresses exchanged: what no stack can be faster than.</summary>
internal sealed record RawEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Protocol => "raw";

    public override string Application => "reflect";

    public override Load Open(Subject subject) =>
        new EchoLoad(subject, FrameEchoClient.Open(subject.Network, NetworkNamespace.TapName, subject.Address), this);
}
