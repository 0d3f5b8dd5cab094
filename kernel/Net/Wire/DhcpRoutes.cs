using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>Reads the routes of the classless static route option (RFC 3442), one after the other.</summary>
/// <param name="bytes">The option's value, its parts put together.</param>
public ref struct DhcpRoutes(ReadOnlySpan<byte> bytes)
{
    private const int RouterSize = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether all that was read was well formed.</summary>
    public bool IsWellFormed { get; private set; } = true;

    /// <summary>Reads the next route.</summary>
    /// <param name="network">The destination; the bytes of it that its mask leaves out are not in the option.</param>
    /// <param name="router">The router; 0.0.0.0 where the network's hosts are on the link.</param>
    /// <returns>False at the end, or where the option makes no sense.</returns>
    public bool TryNext(out IpPrefix network, out IpAddress router)
    {
        network = default;
        router = default;
        if (_rest.IsEmpty)
            return false;
        int length = _rest[0];
        int significant = (length + 7) / 8;
        if (length > 32 || _rest.Length < 1 + significant + RouterSize)
        {
            IsWellFormed = false;
            _rest = default;
            return false;
        }

        uint address = 0;
        for (int i = 0; i < significant; i++)
            address |= (uint)_rest[1 + i] << (24 - (8 * i));
        network = new IpPrefix(IpAddress.FromIpv4(address), length);
        router = IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(_rest[(1 + significant)..]));
        _rest = _rest[(1 + significant + RouterSize)..];
        return true;
    }
}
