using System.Net;
using Guest.Rig.Network;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Pings: what the stack itself answers.</summary>
internal sealed record IcmpEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Protocol => "icmp";

    public override EchoClient Connect(NetworkNamespace network, IPAddress address, int port) => PingClient.Open(network, address);
}
