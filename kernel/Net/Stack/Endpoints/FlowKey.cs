using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What tells one conversation from all others: both addresses, both ports and the protocol. The same for either version of IP.</summary>
/// <param name="Protocol">UDP or TCP.</param>
/// <param name="LocalPort">This host's port.</param>
/// <param name="RemotePort">The other host's port.</param>
/// <param name="Local">This host's address; unspecified for any.</param>
/// <param name="Remote">The other host's address.</param>
internal readonly record struct FlowKey(IpProtocol Protocol, BigEndian16 LocalPort, BigEndian16 RemotePort, IpAddress Local, IpAddress Remote)
{
    /// <summary>A hash that nobody outside can foresee. This host's address is not in it: it may be unspecified, and few hosts have many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash(ulong secret)
    {
        ulong ports = LocalPort.Raw | ((ulong)RemotePort.Raw << 16) | ((ulong)Protocol << 32);
        return (uint)(Remote.Hash(secret ^ ports) >> 16);
    }

    /// <summary>Whether an arrival, whose addresses are both known, belongs to the conversation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Covers(in FlowKey arrival) =>
        Protocol == arrival.Protocol && LocalPort.Raw == arrival.LocalPort.Raw && RemotePort.Raw == arrival.RemotePort.Raw
        && Remote == arrival.Remote && (Local == arrival.Local || Local.IsUnspecified);
}
