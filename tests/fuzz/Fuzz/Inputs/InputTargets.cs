using System.Collections.Generic;

namespace Guest.Fuzz.Inputs;

/// <summary>All there are.</summary>
internal static class InputTargets
{
    public static IReadOnlyList<InputTarget> All { get; } =
    [
        new FrameTarget(), new Ipv6Target(), new TcpTarget(), new DhcpTarget(), new DnsTarget(), new FragmentTarget(), new StoreTarget(), new PartitionTarget(), new AmlTarget(), new CommandLineTarget(),
    ];
}
