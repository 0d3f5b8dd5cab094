using System.Net;
using Guest.Rig.Network;

namespace Guest.Tool.Bench.Workloads;

/// <summary>Datagrams through the application's socket and back.</summary>
internal sealed record UdpEcho(int Size, int InFlight) : Workload(Size, InFlight)
{
    public override string Protocol => "udp";

    public override EchoClient Connect(NetworkNamespace network, IPAddress address, int port) =>
        UdpEchoClient.Open(network, new IPEndPoint(address, port));
}
