using System;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;
using Guest.Net.Wire;

namespace Guest.Net;

/// <summary>One page that holds one packet (or, in a chain, a piece of one) on its way between a device and the application; or a part of
/// another buffer's page, which is sent while that buffer keeps it.</summary>
/// <remarks>
/// It has one owner at a time (<see cref="BufferOwner"/>), who passes it on or releases it, once. A received buffer can be turned into the reply:
/// the stack moves <see cref="Offset"/> and hands the same page back to the device. The page and its device address never
/// change, so a driver may keep a grant or a translation for each <see cref="PageIndex"/> for the machine's life. Parts are made by
/// <see cref="PacketPool.TryShare"/>, to be pieces of a packet behind the first (docs/decisions/0065).
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

    // Of a part: whose page it is a part of. Of such a buffer: how many parts are out, and whether it is released when they are back.
    private PacketBuffer? _whole;
    private int _partsOut;
    private bool _isLeft;

    internal PacketBuffer(PacketPool pool, int index, byte* page)
    {
        _pool = pool;
        Index = index;
        PageIndex = index;
        Page = page;
        DeviceAddress = DeviceMemory.AddressOf(page);
    }

    /// <summary>A dense number in the pool, below <see cref="PacketPool.Count"/> unless it is a part: drivers index by it what is in flight.</summary>
    public int Index { get; }

    /// <summary>The number of the page, below <see cref="PacketPool.Count"/>: drivers index by it what belongs to memory, such as grants.</summary>
    public int PageIndex { get; private set; }

    /// <summary>The page's first byte.</summary>
    public byte* Page { get; private set; }

    /// <summary>The device's address of <see cref="Page"/>.</summary>
    public ulong DeviceAddress { get; private set; }

    /// <summary>Where the valid bytes begin, in bytes from <see cref="Page"/>.</summary>
    public int Offset;

    /// <summary>The number of valid bytes; Offset + Length never exceeds <see cref="Capacity"/>.</summary>
    public int Length;

    /// <summary>The rest of a packet that is longer than this buffer, or null. Owned by this buffer: released with it.</summary>
    public PacketBuffer? Next;

    // What the device is asked to do: where the checksum begins, and above that the segment size. One word, so that one store asks for nothing.
    private uint _requests;

    /// <summary>On transmission with <see cref="NetworkOffloads.TransmitChecksum"/>: the byte of the frame at which the sum begins, or 0
    /// for a frame whose checksums are complete. Setting it asks for no segments.</summary>
    public ushort ChecksumStart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ushort)_requests;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _requests = value;
    }

    /// <summary>Where the sum goes, in bytes after <see cref="ChecksumStart"/>. The field there already holds the pseudo-header's sum.</summary>
    public ushort ChecksumOffset;

    /// <summary>With <see cref="NetworkOffloads.SegmentationTcp4"/> or 6, of a packet in several pieces: the most bytes of TCP's payload in each
    /// segment that the device makes of it; 0 for a packet that leaves as it is. <see cref="ChecksumStart"/> is where the TCP header begins. On arrival with
    /// <see cref="NetworkOffloads.ReceiveSegments"/>: that it is several segments, which the device merged.</summary>
    public ushort SegmentSize => (ushort)(_requests >> 16);

    /// <summary>Bytes of all headers in front of the payload that is cut into segments; they lie in the first piece.</summary>
    public ushort HeadersLength { get; private set; }

    /// <summary>Notes that the arrival is segments of so many bytes that were merged.</summary>
    internal void NoteMerged(int size) => _requests = (uint)size << 16;

    /// <summary>Whether the packet to be cut is one of IPv6: the version in the first byte behind the Ethernet header.</summary>
    internal bool IsIpv6 => Page[Offset + EthernetHeader.Size] >> 4 == 6;

    /// <summary>Has the device cut the packet, whose <see cref="ChecksumStart"/> is set. Its headers, and the pseudo-header's sum, are those of the packet as a
    /// whole.</summary>
    /// <param name="size">The most bytes of payload in a segment.</param>
    /// <param name="headersLength">Bytes of headers before the payload.</param>
    public void RequestSegments(int size, int headersLength)
    {
        _requests = ChecksumStart | ((uint)size << 16);
        HeadersLength = (ushort)headersLength;
    }

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

    /// <summary>Whether this is a part of another buffer's page.</summary>
    internal bool IsPart => _whole is not null;

    /// <summary>Says who has the buffer from now on; nothing in the kernel, checked hosted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PassTo(BufferOwner owner) => OnPassed(owner);

    /// <summary>Gives the buffer (and its chain) back to its pool.</summary>
    public void Release() => _pool.Return(this);

    /// <summary>Gives back a buffer of whose page parts may have been made: now, or when the last of them comes back.</summary>
    public void ReleaseShared()
    {
        if (_partsOut == 0)
            Release();
        else
            _isLeft = true;
    }

    /// <summary>Gives back such a buffer that <see cref="PacketPool.TryKeepToSend"/> counted.</summary>
    internal void ReleaseSent()
    {
        _pool.EndKeepingToSend();
        ReleaseShared();
    }

    /// <summary>Becomes a part of a buffer's page.</summary>
    internal void BecomePart(PacketBuffer whole, int offset, int length)
    {
        _whole = whole;
        whole._partsOut++;
        Page = whole.Page;
        PageIndex = whole.PageIndex;
        DeviceAddress = whole.DeviceAddress;
        Offset = offset;
        Length = length;
        _requests = 0;
    }

    /// <summary>Ends a part; the page goes back to the pool with its last one, if the buffer that it belongs to was released meanwhile.</summary>
    internal void EndPart()
    {
        PacketBuffer whole = _whole!;
        _whole = null;
        if (--whole._partsOut != 0 || !whole._isLeft)
            return;
        whole._isLeft = false;
        whole.Release();
    }

    /// <summary>Gives back a buffer that <see cref="PacketPool.TryKeep(int)"/> counted, and that is no chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ReleaseKept() => _pool.ReturnKept(this);

    partial void OnPassed(BufferOwner owner);
}
