using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>The echo appliance as a PVH domain.</summary>
public sealed class XenPvhTests() : XenEchoTests(DomainType.Pvh);
