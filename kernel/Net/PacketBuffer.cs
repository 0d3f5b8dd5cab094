using System;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Net;

/// <summary>One page that holds one packet (or, in a chain, a part of one) on its way between a device and the application.</summary>
/// <remarks>
/// It has one owner at a time (<see cref="BufferOwner"/>), who passes it on or releases it, once. A received buffer can be turned into the reply:
/// the stack moves <see cref="Offset"/> and hands the same page back to the device. The page and its device address never
/// change, so a driver may keep a grant or a translation for each <see cref="Index"/> for the machine's life.
/// </remarks>
public sealed unsafe partial class PacketBuffer
{
    /// <summary>Bytes in the page.</summary>
    public const int Capacity = DeviceMemory.PageSize;

    /// <summary>Where a device should place an arriving frame, and where a stack starts a new one after its headers grow
    /// downwards: room for a virtio header or another descriptor in front, and the IP header aligned to four bytes behind 14
    /// bytes of Ethernet.</summary>
    public const int Headroom = 66;

    private readonly PacketPool _pool;

    internal PacketBuffer(PacketPool pool, int index, byte* page)
    {
        _pool = pool;
        Index = index;
        Page = page;
        DeviceAddress = DeviceMemory.AddressOf(page);
    }

    /// <summary>A dense number in the pool: drivers index side tables (grants, requests in flight) by it.</summary>
    public int Index { get; }

    /// <summary>The page's first byte.</summary>
    public byte* Page { get; }

    /// <summary>The device's address of <see cref="Page"/>.</summary>
    public ulong DeviceAddress { get; }

    /// <summary>Where the valid bytes begin, in bytes from <see cref="Page"/>.</summary>
    public int Offset;

    /// <summary>The number of valid bytes; Offset + Length never exceeds <see cref="Capacity"/>.</summary>
    public int Length;

    /// <summary>The rest of a packet that is longer than this buffer, or null. Owned by this buffer: released with it.</summary>
    public PacketBuffer? Next;

    /// <summary>On transmission with <see cref="NetworkOffloads.TransmitChecksum"/>: the byte of the frame at which the sum begins, or 0
    /// for a frame whose checksums are complete.</summary>
    public ushort ChecksumStart;

    /// <summary>Where the sum goes, in bytes after <see cref="ChecksumStart"/>. The field there already holds the pseudo-header's sum.</summary>
    public ushort ChecksumOffset;

    /// <summary>On arrival: the device (or a trusted sender on the same host) vouches for the TCP or UDP checksum.</summary>
    public bool ChecksumVerified;

    /// <summary>Where the bytes lie in the datagram that they are a fragment of, while it is being put together.</summary>
    internal int Position;

    /// <summary>The valid bytes.</summary>
    public Span<byte> Data
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Page + Offset, Length);
    }

    /// <summary>Whether a driver may keep the buffer for its own ring, which it fills from <paramref name="pool"/>.</summary>
    internal bool IsFrom(PacketPool pool) => _pool == pool;

    /// <summary>Says who has the buffer from now on; nothing in the kernel, checked hosted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PassTo(BufferOwner owner) => OnPassed(owner);

    /// <summary>Gives the buffer (and its chain) back to its pool.</summary>
    public void Release() => _pool.Return(this);

    /// <summary>Gives back a buffer that <see cref="PacketPool.TryKeep(int)"/> counted, and that is no chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ReleaseKept() => _pool.ReturnKept(this);

    partial void OnPassed(BufferOwner owner);
}
