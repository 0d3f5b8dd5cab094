using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

/// <summary>A front end without rings, which counts what is asked of it.</summary>
internal sealed class ProbeFrontend(XenDomain domain, int index) : XenFrontend(domain, "vif", index, $"probe{index}")
{
    public int Connects { get; private set; }

    public int Disconnects { get; private set; }

    public void BreakNow() => Break("the test says so");

    protected override bool TryConnect()
    {
        Connects++;
        return true;
    }

    protected override void Disconnect() => Disconnects++;
}
