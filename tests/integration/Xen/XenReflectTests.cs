using System;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Guest.Rig;
using Guest.Rig.Network;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The reflector and the web server over netfront.</summary>
public sealed class XenReflectTests
{
    private const int LongestPayload = 1_500;

    [Fact]
    public void Frames_come_back_unchanged_from_both_kinds_of_domain_and_a_web_server_knows_the_time()
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

        // Xen tells its domains the time, so that answers have it (RFC 9110, 6.6.1).
        XenAppliance.Boot(host, network, DomainType.Pv, name: "web", address: IPAddress.Parse("10.0.0.4"), image: Repository.Find().ImageOf("web"));
        string head = network.Require("curl", "--silent", "--show-error", "--max-time", "60", "--head", "http://10.0.0.4/small");
        Match date = Regex.Match(head, "^Date: ([A-Z][a-z]{2}, .* GMT)\r$", RegexOptions.Multiline);
        Assert.True(date.Success, head);
        DateTime told = DateTime.ParseExact(date.Groups[1].Value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        Assert.InRange(told, DateTime.UtcNow.AddDays(-1), DateTime.UtcNow.AddDays(1));
    }
}
