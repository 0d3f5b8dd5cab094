using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net;

/// <summary>An address in the form that sockets take, laid out as Linux's <c>sockaddr_in</c>: two bytes of family, the port and the
/// address in transmission order; as its <c>sockaddr_in6</c>, whose flow and zone stay 0; or as its <c>sockaddr_ll</c>.</summary>
public class SocketAddress
{
    private const int Ipv4Size = 16;
    private const int Ipv6Size = 28;

    // The family, the port and the address are the first eight bytes, and are read and written as one number.
    private const ulong Ipv4Family = (ulong)AddressFamily.InterNetwork;
    private const int LinuxIpv6 = 10;
    private const int Ipv6AddressOffset = 8;
    private const int Ipv6AddressEnd = 24;

    private readonly byte[] _bytes;
    private int _size;

    /// <summary>Makes an empty address.</summary>
    public SocketAddress(AddressFamily family)
        : this(family, GetMaximumAddressSize(family))
    {
    }

    /// <summary>Makes an empty address of a given size.</summary>
    public SocketAddress(AddressFamily family, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        _bytes = new byte[Math.Max(size, Ipv4Size)];
        _size = size;
        _bytes[0] = family switch
        {
            AddressFamily.InterNetworkV6 => LinuxIpv6,
            AddressFamily.Packet => (byte)LinkAddress.PacketFamily,
            _ => (byte)family,
        };
    }

    /// <summary>The kind of address.</summary>
    public AddressFamily Family => _bytes[0] switch
    {
        LinuxIpv6 => AddressFamily.InterNetworkV6,
        (byte)LinkAddress.PacketFamily => AddressFamily.Packet,
        _ => (AddressFamily)_bytes[0],
    };

    /// <summary>Bytes that are valid.</summary>
    public int Size
    {
        get => _size;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _bytes.Length);
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _size = value;
        }
    }

    /// <summary>The bytes.</summary>
    public Memory<byte> Buffer => new(_bytes);

    /// <summary>One byte.</summary>
    public byte this[int offset]
    {
        get => _bytes[offset];
        set => _bytes[offset] = value;
    }

    /// <summary>Bytes that an address of a kind may take.</summary>
    public static int GetMaximumAddressSize(AddressFamily addressFamily) => addressFamily switch
    {
        AddressFamily.InterNetworkV6 => Ipv6Size,
        AddressFamily.Packet => LinkAddress.Size,
        _ => Ipv4Size,
    };

    /// <inheritdoc/>
    public override bool Equals(object? comparand) =>
        comparand is SocketAddress other && _bytes.AsSpan(0, _size).SequenceEqual(other._bytes.AsSpan(0, other._size));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = 0;
        for (int i = 0; i < _size; i++)
            hash = (hash * 31) + _bytes[i];
        return hash;
    }

    /// <summary>Stores an IPv4 address and a port.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(IpAddress address, BigEndian16 port)
    {
        ulong word = Ipv4Family | ((ulong)port.Raw << 16) | address.RawIpv4AtEnd;
        Unsafe.WriteUnaligned(ref MemoryMarshal.GetArrayDataReference(_bytes), word);
        _size = Ipv4Size;
    }

    /// <summary>Stores an address as IPv6's, one of IPv4 in the form that IPv6 has for it.</summary>
    internal void SetIpv6(IpAddress address, BigEndian16 port)
    {
        if (_bytes.Length < Ipv6Size)
            throw new ArgumentException("the address is too short for IPv6");
        Span<byte> bytes = _bytes;
        bytes[..Ipv6Size].Clear();
        bytes[0] = LinuxIpv6;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], port.Raw);
        address.Write(bytes[Ipv6AddressOffset..Ipv6AddressEnd]);
        _size = Ipv6Size;
    }

    /// <summary>Becomes an address of a frame's sender, which is then written: the first of its <see cref="LinkAddress.Size"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref byte BecomeLink()
    {
        if (_bytes.Length < LinkAddress.Size)
            throw new ArgumentException("the address is too short for AddressFamily.Packet");
        _size = LinkAddress.Size;
        return ref MemoryMarshal.GetArrayDataReference(_bytes);
    }

    /// <summary>Reads by which interface a frame is to leave, or which frames are to be received.</summary>
    /// <returns>False if the address is of another kind.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGetLink(out LinkAddress address)
    {
        address = default;
        if (_size < LinkAddress.Size)
            return false;
        address = Unsafe.ReadUnaligned<LinkAddress>(ref MemoryMarshal.GetArrayDataReference(_bytes));
        return address.IsPacket;
    }

    /// <summary>Reads an IPv6 address and a port; an IPv4 address is one if it is in IPv6's form.</summary>
    /// <returns>False if it is of another kind.</returns>
    internal bool TryGetIpv6(out IpAddress address, out BigEndian16 port)
    {
        address = default;
        port = default;
        if (_bytes[0] != LinuxIpv6 || _size < Ipv6AddressEnd)
            return false;
        address = IpAddress.Read(_bytes.AsSpan(Ipv6AddressOffset..Ipv6AddressEnd));
        port = new BigEndian16(BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(2)));
        return true;
    }

    /// <summary>Reads an IPv4 address and a port.</summary>
    /// <returns>False if it is of another kind.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGet(out IpAddress address, out BigEndian16 port)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetArrayDataReference(_bytes));
        address = IpAddress.FromEnd(word);
        port = new BigEndian16((ushort)(word >> 16));
        return (ushort)word == Ipv4Family;
    }
}
