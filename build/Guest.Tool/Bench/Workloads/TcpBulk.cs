using System.Net;
using Guest.Rig.Network.Streams;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Workloads;

/// <summary>As much as one connection carries, into the subject or out of it. What is counted is a thousand bytes.</summary>
/// <param name="IsIn">Whether into the subject.</param>
internal sealed record TcpBulk(bool IsIn) : Workload(DiscardClient.UnitSize, 1)
{
    // A sample is longer than it takes until the path is full.
    private const int UnitsEach = 10;

    public override string Application => "echo";

    public override string Protocol => "tcp";

    public override string Name => IsIn ? "tcp-in" : "tcp-out";

    // There the services have no ports that everybody may take.
    public override bool IsOfProcess => false;

    public override bool IsOfPlainDevice => true;

    public override int UnitsOf(int units) => units * UnitsEach;

    public override Load Open(Subject subject) => new StreamLoad(subject, IsIn
        ? new DiscardClient(subject.Network, new IPEndPoint(subject.Address, DiscardClient.Port)) { IsThere = () => subject.Runs }
        : new GeneratorClient(subject.Network, new IPEndPoint(subject.Address, GeneratorClient.Port)) { IsThere = () => subject.Runs });
}
