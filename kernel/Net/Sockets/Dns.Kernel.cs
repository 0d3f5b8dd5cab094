using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace System.Net;

/// <summary>Finds the addresses of names. The calls wait, as any thread of the kernel waits, and each wait has an end.</summary>
/// <remarks>What they return is new objects each time, whose memory does not come back: who connects by name again and again uses <see cref="Socket.TryConnect(string, int, out SocketError)"/>,
/// which makes none. Host names of this machine itself, and names of addresses, are not there.</remarks>
public static class Dns
{
    /// <summary>The addresses of a name, those that are best tried first in front; of an address as people write it, that one.</summary>
    /// <exception cref="SocketException">There are none. Whoever cannot be sure that there are asks <see cref="TryGetHostAddresses"/>.</exception>
    public static IPAddress[] GetHostAddresses(string hostNameOrAddress) => GetHostAddresses(hostNameOrAddress, AddressFamily.Unspecified);

    /// <summary>The addresses of one family.</summary>
    /// <inheritdoc cref="GetHostAddresses(string)"/>
    public static IPAddress[] GetHostAddresses(string hostNameOrAddress, AddressFamily family)
    {
        if (!TryGetHostAddresses(hostNameOrAddress, family, out IPAddress[]? addresses, out SocketError error))
            Socket.Throw(error);
        return addresses;
    }

    /// <summary>The addresses of a name, if there are any.</summary>
    /// <param name="hostNameOrAddress">A name, or an address as people write it.</param>
    /// <param name="family">Of which family; <see cref="AddressFamily.Unspecified"/> for both, which are asked for at the same time.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="errorCode">Why there are none: <see cref="SocketError.HostNotFound"/>, <see cref="SocketError.NoData"/> where the name has others, <see cref="SocketError.TryAgain"/> where
    /// nobody answered.</param>
    /// <returns>False if there are none.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public static bool TryGetHostAddresses(string hostNameOrAddress, AddressFamily family, [NotNullWhen(true)] out IPAddress[]? addresses, out SocketError errorCode)
    {
        addresses = null;
        if (TryFind(hostNameOrAddress, family, out errorCode) is not { } lookup)
            return false;
        addresses = new IPAddress[lookup.Count];
        for (int i = 0; i < addresses.Length; i++)
            addresses[i] = new IPAddress(lookup[i]);
        lookup.Close();
        return true;
    }

    /// <summary>Finds a name's addresses.</summary>
    /// <returns>Them, which the caller closes; null if there are none.</returns>
    internal static DnsLookup? TryFind(string host, AddressFamily family, out SocketError error)
    {
        ArgumentNullException.ThrowIfNull(host);
        error = SocketError.NetworkDown;
        if (NetworkStack.Current is not { } stack)
            return null;
        DnsLookup lookup = stack.Names.CreateLookup();
        lookup.Begin(host, ipv4: family != AddressFamily.InterNetworkV6, ipv6: family != AddressFamily.InterNetwork);
        while (!lookup.TryFinish())
            lookup.Pending.Wait(Instant.Never);
        error = ErrorOf(lookup.Outcome);
        if (error == SocketError.Success)
            return lookup;
        lookup.Close();
        return null;
    }

    private static SocketError ErrorOf(DnsOutcome outcome) => outcome switch
    {
        DnsOutcome.Found => SocketError.Success,
        DnsOutcome.NoName => SocketError.HostNotFound,
        DnsOutcome.NoData => SocketError.NoData,
        DnsOutcome.NoAnswer => SocketError.TryAgain,
        _ => SocketError.NoBufferSpaceAvailable,
    };
}
