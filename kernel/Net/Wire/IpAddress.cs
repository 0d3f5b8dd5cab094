using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Guest.Net.Wire;

/// <summary>An IP address of either version in sixteen bytes; IPv4 is held as IPv6 maps it, <c>::ffff:a.b.c.d</c> (RFC 4291, 2.5.5.2).</summary>
/// <remarks><c>default</c> is <c>::</c>, the unspecified address of IPv6.</remarks>
public readonly partial struct IpAddress : IEquatable<IpAddress>
{
    private const ulong MappedPrefix = 0xffff_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>An IPv6 address from its first and its last eight bytes, as numbers.</summary>
    public IpAddress(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>0.0.0.0: unspecified, or "any of mine".</summary>
    public static IpAddress AnyIpv4 => new(0, MappedPrefix);

    /// <summary>255.255.255.255: everyone on the link (RFC 919, 7).</summary>
    public static IpAddress BroadcastIpv4 => new(0, MappedPrefix | uint.MaxValue);

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIpv4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _high == 0 && (_low >> 32) == (MappedPrefix >> 32);
    }

    /// <summary>The IPv4 address as a number, 10.0.0.1 being 0x0a000001; meaningless unless <see cref="IsIpv4"/>.</summary>
    public uint Ipv4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)_low;
    }

    /// <summary>The first eight bytes as a number.</summary>
    public ulong High => _high;

    /// <summary>The last eight bytes as a number.</summary>
    public ulong Low => _low;

    /// <summary>Whether this is <c>::</c> or 0.0.0.0.</summary>
    public bool IsUnspecified => _high == 0 && (_low is 0 or MappedPrefix);

    /// <summary>Whether this is a multicast address: 224.0.0.0/4 (RFC 1112, 4) or ff00::/8.</summary>
    public bool IsMulticast => IsIpv4 ? Ipv4 >> 28 == 14 : _high >> 56 == 0xff;

    /// <summary>An IPv4 address from a number, 0x0a000001 being 10.0.0.1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IpAddress FromIpv4(uint value) => new(0, MappedPrefix | value);

    /// <summary>An IPv4 address from its bytes in a packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IpAddress From(BigEndian32 value) => FromIpv4(value.Value);

    /// <summary>Reads sixteen bytes in transmission order.</summary>
    public static IpAddress Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes sixteen bytes in transmission order.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
    }

    /// <summary>Whether the two addresses are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator ==(IpAddress a, IpAddress b) => a._low == b._low && a._high == b._high;

    /// <summary>Whether the two addresses differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator !=(IpAddress a, IpAddress b) => !(a == b);

    /// <inheritdoc/>
    public bool Equals(IpAddress other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpAddress other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong mixed = (_high ^ _low) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 32);
    }
}
