namespace Guest.Integration.Tests.Qemu;

/// <summary>The paths on which the echo appliance is expected to work: a new one joins all tests by one line.</summary>
internal static class WorkingPaths
{
    private const int Usual = 32;

    public static readonly string[] All =
        ["virtio", "virtio-packed", "virtio-mmio", "virtio-mmio-legacy", "virtio-legacy", "e1000", "e1000e", "rtl8139", "rtl8139c+", "ne2000"];

    /// <summary>How many of the largest packets may be on their way to a card at once without overrunning the memory that it receives
    /// into: what does not fit there is lost by design.</summary>
    public static int Window(string path) => path switch
    {
        // 16 KiB of card memory, a part of which is for sending.
        "ne2000" => 4,
        // A ring of 32 KiB.
        "rtl8139" => 8,
        _ => Usual,
    };
}
