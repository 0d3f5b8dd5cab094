namespace Guest.Integration.Tests.Qemu;

/// <summary>The paths on which the echo appliance is expected to work: a new one joins all tests by one line.</summary>
internal static class WorkingPaths
{
    public static readonly string[] All = ["virtio"];
}
