using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>Groups, which datagram sockets join. What is sent to a group does not come back to this machine: <see cref="SocketOptionName.MulticastLoopback"/> can be set to nothing but false.</summary>
public partial class Socket
{
    /// <summary>Sets an option whose value is an object: <see cref="SocketOptionName.Linger"/>, or a group to join or to leave.</summary>
    /// <exception cref="SocketException">A group could not be joined. Whoever cannot be sure that it can asks <see cref="TrySetSocketOption"/>.</exception>
    public void SetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, object optionValue)
    {
        if (!TrySetSocketOption(optionLevel, optionName, optionValue, out SocketError error))
            Throw(error);
    }

    /// <inheritdoc cref="SetSocketOption(SocketOptionLevel, SocketOptionName, object)"/>
    /// <returns>False if it could not be: there is no such interface now, the socket is in the group already or is not, or it is in too many.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public bool TrySetSocketOption(SocketOptionLevel optionLevel, SocketOptionName optionName, object optionValue, out SocketError errorCode)
    {
        switch (optionLevel, optionName)
        {
            case (SocketOptionLevel.Socket, SocketOptionName.Linger) when optionValue is LingerOption linger:
                LingerState = linger;
                errorCode = SocketError.Success;
                break;
            case (SocketOptionLevel.IP, SocketOptionName.AddMembership or SocketOptionName.DropMembership) when optionValue is MulticastOption option:
                errorCode = option.Group.Value.IsIpv4
                    ? SetMembership(option.Group.Value, optionName == SocketOptionName.AddMembership, option.LocalAddress?.Value, option.InterfaceIndex)
                    : SocketError.AddressFamilyNotSupported;
                break;
            case (SocketOptionLevel.IPv6, SocketOptionName.AddMembership or SocketOptionName.DropMembership) when optionValue is IPv6MulticastOption option:
                errorCode = option.Group.Value.IsIpv4
                    ? SocketError.AddressFamilyNotSupported
                    : SetMembership(option.Group.Value, optionName == SocketOptionName.AddMembership, null, option.InterfaceIndex);
                break;
            default:
                throw new ArgumentException("of these, only Linger and memberships take an object");
        }

        return errorCode == SocketError.Success;
    }

    private SocketError SetMembership(IpAddress group, bool joins, IpAddress? local, long number)
    {
        UdpEndpoint endpoint = Datagrams;
        NetworkStack stack = NetworkStack.Current!;
        NetworkInterface? via = null;
        if (local is { IsUnspecified: false } address)
            via = stack.FindInterface(address);
        else if (number > 0 && number <= stack.InterfaceCount)
            via = stack[(int)number - 1];
        if (via is null && (local is { IsUnspecified: false } || number != 0))
            return SocketError.AddressNotAvailable;
        return (joins ? endpoint.Join(group, via) : endpoint.Leave(group, via)) switch
        {
            GroupStatus.Done => SocketError.Success,
            GroupStatus.NoGroup => SocketError.InvalidArgument,
            GroupStatus.AlreadyIn => SocketError.AddressAlreadyInUse,
            GroupStatus.TooMany => SocketError.NoBufferSpaceAvailable,
            _ => SocketError.AddressNotAvailable,
        };
    }
}
