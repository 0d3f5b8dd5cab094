using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Guest.Net.Wire;

/// <summary>An IP address of either version in sixteen bytes; IPv4 is held as IPv6 maps it, <c>::ffff:a.b.c.d</c> (RFC 4291, 2.5.5.2).</summary>
/// <remarks><c>default</c> is <c>::</c>, the unspecified address of IPv6.</remarks>
public readonly partial struct IpAddress : IEquatable<IpAddress>
{
    // The bytes 00 00 ff ff before an IPv4 address, as the processor loads them.
    private const uint RawMapping = 0xffff_0000;
    private const ulong EndMask = 0xffff_ffff_0000_0000;
    private const ulong LinkLocalMask = 0xc0ff;
    private const ulong LinkLocalPrefix = 0x80fe;

    // The sixteen bytes as they lie in a packet, loaded as two words: copied and compared with no exchange of bytes.
    private readonly ulong _first;
    private readonly ulong _second;

    /// <summary>An IPv6 address from its first and its last eight bytes, as numbers.</summary>
    public IpAddress(ulong high, ulong low)
    {
        _first = BinaryPrimitives.ReverseEndianness(high);
        _second = BinaryPrimitives.ReverseEndianness(low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private IpAddress(ulong rawSecond)
    {
        _first = 0;
        _second = rawSecond;
    }

    /// <summary>0.0.0.0: unspecified, or "any of mine".</summary>
    public static IpAddress AnyIpv4 => From(default);

    /// <summary>255.255.255.255: everyone on the link (RFC 919, 7).</summary>
    public static IpAddress BroadcastIpv4 => From(new BigEndian32(uint.MaxValue));

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIpv4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _first == 0 && (uint)_second == RawMapping;
    }

    /// <summary>The IPv4 address as a number, 10.0.0.1 being 0x0a000001; meaningless unless <see cref="IsIpv4"/>.</summary>
    public uint Ipv4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => RawIpv4.Value;
    }

    /// <summary>The IPv4 address as it lies in a packet; meaningless unless <see cref="IsIpv4"/>.</summary>
    public BigEndian32 RawIpv4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((uint)(_second >> 32));
    }

    /// <summary>The same in the upper half of a word, below which there is nothing: behind four other bytes of a packet or a socket's address.</summary>
    internal ulong RawIpv4AtEnd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _second & EndMask;
    }

    /// <summary>The unfolded sum of the sixteen bytes, for a checksum.</summary>
    internal ulong RawSum => (_first >> 32) + (uint)_first + (_second >> 32) + (uint)_second;

    /// <summary>An IPv4 address from the upper half of such a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static IpAddress FromEnd(ulong word) => new((word & EndMask) | RawMapping);

    /// <summary>The first eight bytes as a number.</summary>
    public ulong High => BinaryPrimitives.ReverseEndianness(_first);

    /// <summary>The last eight bytes as a number.</summary>
    public ulong Low => BinaryPrimitives.ReverseEndianness(_second);

    /// <summary>Whether this is <c>::</c> or 0.0.0.0.</summary>
    public bool IsUnspecified => _first == 0 && (_second is 0 or RawMapping);

    /// <summary>Whether this is a multicast address: 224.0.0.0/4 (RFC 1112, 4) or ff00::/8.</summary>
    public bool IsMulticast => IsIpv4 ? Ipv4 >> 28 == 14 : (byte)_first == 0xff;

    /// <summary>Whether this is an IPv6 address that means a host on its link alone: fe80::/10 (RFC 4291, 2.5.6).</summary>
    public bool IsLinkLocal => (_first & LinkLocalMask) == LinkLocalPrefix;

    /// <summary>Whether this is ::1 (RFC 4291, 2.5.3).</summary>
    public bool IsIpv6Loopback => _first == 0 && Low == 1;

    /// <summary>An IPv4 address from a number, 0x0a000001 being 10.0.0.1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IpAddress FromIpv4(uint value) => From(BigEndian32.From(value));

    /// <summary>An IPv4 address from its bytes in a packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IpAddress From(BigEndian32 value) => new(((ulong)value.Raw << 32) | RawMapping);

    /// <summary>Reads sixteen bytes in transmission order.</summary>
    public static IpAddress Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes sixteen bytes in transmission order.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _first);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], _second);
    }

    /// <summary>Whether the two addresses are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator ==(IpAddress a, IpAddress b) => a._second == b._second && a._first == b._first;

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
        ulong mixed = (_first ^ _second) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 32);
    }

    // The finalizer of SplitMix (Steele, Lea and Flood, 2014): every bit of the result depends on every bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong mixed)
    {
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Mixes the address into a hash that nobody outside can foresee.</summary>
    /// <param name="seed">A secret, or a hash so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Hash(ulong seed)
    {
        ulong mixed = Mix(_first ^ seed);
        return Mix(mixed ^ _second);
    }
}
