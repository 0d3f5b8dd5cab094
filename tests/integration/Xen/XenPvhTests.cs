using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance as a PVH domain.</summary>
public sealed class XenPvhTests(XenPvhTests.Appliance machine) : XenEchoTests(DomainType.Pvh, machine), IClassFixture<XenPvhTests.Appliance>
{
    /// <summary>What the tests share.</summary>
    public sealed class Appliance() : XenEchoMachine(DomainType.Pvh);
}
