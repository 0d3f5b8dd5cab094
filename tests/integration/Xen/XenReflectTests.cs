using System.Net;
using Guest.Rig;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The reflector over netfront.</summary>
public sealed class XenReflectTests
{
    private const int LongestPayload = 1_500;

    [Fact]
    public void Frames_of_every_size_come_back_unchanged_from_a_PV_and_from_a_PVH_domain()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using XenHost host = XenHost.Restore(network);
        string image = Repository.Find().ImageOf("reflect");
        foreach ((DomainType type, string address) in new[] { (DomainType.Pv, "10.0.0.2"), (DomainType.Pvh, "10.0.0.3") })
        {
            XenAppliance reflect = XenAppliance.Boot(host, network, type, name: $"reflect-{type}", address: IPAddress.Parse(address), image: image);
            reflect.AssertPerfect(reflect.Frames(new EchoPlan
            {
                Sizes = EchoPlan.Cycle(FrameEchoClient.LeastPayload, LongestPayload, LongestPayload),
                InFlight = 16,
            }));
        }
    }
}
