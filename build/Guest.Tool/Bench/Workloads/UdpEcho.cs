using System.Net;
using Guest.Rig.Network;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Datagrams through the application's socket and back.</summary>
internal sealed record UdpEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Protocol => "udp";

    public override string Application => "echo";

    public override Load Open(Subject subject) =>
        new EchoLoad(subject, UdpEchoClient.Open(subject.Network, new IPEndPoint(subject.Address, subject.Port)), this);
}
