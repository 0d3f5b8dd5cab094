using System.Linq;
using Guest.Rig.Network.Streams;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Requests and responses of so many bytes, on so many connections at once that stay open, one at a time on each.</summary>
internal sealed record TcpEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Application => "echo";

    public override string Protocol => "tcp";

    public override Load Open(Subject subject) =>
        StreamLoad.Exchanging(subject, Enumerable.Range(0, InFlight).Select(seed => new EchoExchange(Size, seed)));
}
