using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A way to a network (RFC 1812, 5.2.4).</summary>
/// <param name="Network">Which addresses it serves.</param>
/// <param name="Router">The next hop; unspecified for a network whose hosts are on the link themselves.</param>
internal readonly record struct Route(IpPrefix Network, IpAddress Router);
