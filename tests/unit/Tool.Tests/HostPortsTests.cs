using System.Collections.Generic;
using Guest.Rig;
using Guest.Rig.Qemu;

namespace Guest.Tool.Tests;

public sealed class HostPortsTests
{
    [Fact]
    public void A_port_that_somebody_took_meanwhile_is_passed_over()
    {
        List<int> tried = [];

        int port = HostPorts.Take([7007, 7008, 7009, 7010], candidate =>
        {
            tried.Add(candidate);
            return candidate < 7009 ? "Could not set up host forwarding rule" : "";
        });

        Assert.Equal(7009, port);
        Assert.Equal([7007, 7008, 7009], tried);
    }

    [Fact]
    public void Where_none_can_be_taken_the_last_refusal_is_told() =>
        Assert.Contains("Permission denied", Assert.Throws<RigException>(() => HostPorts.Take([1, 2], _ => "Permission denied")).Message);
}
