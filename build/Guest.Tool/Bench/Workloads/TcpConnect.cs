using System.Net;
using Guest.Rig.Network.Streams;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>A connection is opened, echoes 64 bytes once, and is closed by both sides, one after the other.</summary>
internal sealed record TcpConnect() : Workload(Bytes, 1)
{
    private const int Bytes = 64;

    public override string Application => "echo";

    public override string Protocol => "tcp";

    public override string Name => "tcp-connect";

    public override Load Open(Subject subject) => new StreamLoad(
        subject, new ConnectClient(subject.Network, new IPEndPoint(subject.Address, subject.Port), Size) { IsThere = () => subject.Runs });
}
