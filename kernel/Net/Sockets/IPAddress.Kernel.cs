using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Guest.Net.Wire;

namespace System.Net;

/// <summary>An IP address. Zones of IPv6 addresses are not there.</summary>
public class IPAddress
{
    /// <summary>0.0.0.0.</summary>
    public static readonly IPAddress Any = new(IpAddress.AnyIpv4);

    /// <summary>127.0.0.1; the kernel has no loopback interface.</summary>
    public static readonly IPAddress Loopback = new(IpAddress.FromIpv4(0x7f00_0001));

    /// <summary>255.255.255.255.</summary>
    public static readonly IPAddress Broadcast = new(IpAddress.BroadcastIpv4);

    /// <summary>255.255.255.255, as a mark for no address.</summary>
    public static readonly IPAddress None = Broadcast;

    /// <summary>::.</summary>
    public static readonly IPAddress IPv6Any = new(default(IpAddress));

    /// <summary>::1; the kernel has no loopback interface.</summary>
    public static readonly IPAddress IPv6Loopback = new(new IpAddress(0, 1));

    /// <summary>::, as a mark for no address.</summary>
    public static readonly IPAddress IPv6None = IPv6Any;

    private readonly bool _isIpv6;

    /// <summary>An IPv4 address from its bytes in transmission order, the first the least significant, as the BCL has it.</summary>
    public IPAddress(long newAddress)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newAddress);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newAddress, uint.MaxValue);
        Value = IpAddress.From(new BigEndian32((uint)newAddress));
    }

    /// <summary>An address from its four or sixteen bytes.</summary>
    public IPAddress(ReadOnlySpan<byte> address)
    {
        if (address.Length is not (4 or 16))
            throw new ArgumentException("an address has 4 or 16 bytes");
        _isIpv6 = address.Length == 16;
        Value = _isIpv6 ? IpAddress.Read(address) : IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(address));
    }

    /// <inheritdoc cref="IPAddress(ReadOnlySpan{byte})"/>
    public IPAddress(byte[] address)
        : this(new ReadOnlySpan<byte>(address))
    {
    }

    internal IPAddress(IpAddress value)
        : this(value, !value.IsIpv4)
    {
    }

    /// <summary>An address as sockets of one family have it: an IPv4 address may be IPv6's form of it.</summary>
    internal IPAddress(IpAddress value, bool isIpv6)
    {
        Value = value;
        _isIpv6 = isIpv6;
    }

    /// <summary>The address as the stack knows it.</summary>
    internal IpAddress Value { get; }

    /// <summary>Which version of IP it belongs to.</summary>
    public AddressFamily AddressFamily => _isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>Whether this is an IPv4 address in IPv6's form, ::ffff:a.b.c.d.</summary>
    public bool IsIPv4MappedToIPv6 => _isIpv6 && Value.IsIpv4;

    /// <summary>Whether this is an IPv6 address that means a host on its link alone.</summary>
    public bool IsIPv6LinkLocal => _isIpv6 && Value.IsLinkLocal;

    /// <summary>Whether this is a group of IPv6.</summary>
    public bool IsIPv6Multicast => _isIpv6 && !Value.IsIpv4 && Value.IsMulticast;

    /// <summary>The same address in IPv6's form.</summary>
    public IPAddress MapToIPv6() => _isIpv6 ? this : new IPAddress(Value, isIpv6: true);

    /// <summary>The IPv4 address that the last four bytes are.</summary>
    public IPAddress MapToIPv4() => _isIpv6 ? new IPAddress(IpAddress.FromIpv4((uint)Value.Low)) : this;

    /// <summary>Reads an address; IPv4 in four decimal parts only.</summary>
    public static bool TryParse([NotNullWhen(true)] string? ipString, [NotNullWhen(true)] out IPAddress? address) =>
        TryParse(ipString.AsSpan(), out address);

    /// <inheritdoc cref="TryParse(string, out IPAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> ipSpan, [NotNullWhen(true)] out IPAddress? address)
    {
        address = IpAddress.TryParse(ipSpan, out IpAddress value) ? new IPAddress(value, isIpv6: ipSpan.IndexOf(':') >= 0) : null;
        return address is not null;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static IPAddress Parse(string ipString) =>
        TryParse(ipString, out IPAddress? address) ? address : throw new FormatException("not an IP address");

    /// <summary>Whether the address is the host's own by definition: 127.0.0.0/8 or ::1.</summary>
    public static bool IsLoopback(IPAddress address) =>
        address._isIpv6 ? address.Value == new IpAddress(0, 1) : address.Value.Ipv4 >> 24 == 127;

    /// <summary>The four or sixteen bytes in transmission order.</summary>
    public byte[] GetAddressBytes()
    {
        byte[] bytes = new byte[_isIpv6 ? 16 : 4];
        TryWriteBytes(bytes, out _);
        return bytes;
    }

    /// <summary>Writes the four or sixteen bytes in transmission order.</summary>
    /// <returns>False if they do not fit.</returns>
    public bool TryWriteBytes(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        int size = _isIpv6 ? 16 : 4;
        if (destination.Length < size)
            return false;
        if (_isIpv6)
            Value.Write(destination);
        else
            BinaryPrimitives.WriteUInt32BigEndian(destination, Value.Ipv4);
        bytesWritten = size;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? comparand) =>
        comparand is IPAddress other && Value == other.Value && _isIpv6 == other._isIpv6;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => IsIPv4MappedToIPv6 ? string.Concat("::ffff:", Value.ToString()) : Value.ToString();
}
