using Guest.Core.Cpu;
using Guest.Core.Time;

namespace Guest.Boot;

/// <summary>The clock that the hypervisor offers a guest of its own, if it is one we know.</summary>
internal static class HypervisorClock
{
    /// <summary>KVM's clock under KVM; null elsewhere.</summary>
    public static Clock? TryFind() => null;
}
