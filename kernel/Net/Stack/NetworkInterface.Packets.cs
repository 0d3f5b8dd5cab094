using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Whole frames, for raw sockets.</summary>
public sealed partial class NetworkInterface
{
    private const int LongestInPage = PacketBuffer.Capacity - PacketBuffer.Headroom;

    // The longest frame that is sent without a tag; -1 while the link is down.
    private int _longestSent;

    /// <summary>What raw sockets know it by: a number from 1 on that no other interface has or had.</summary>
    public int Index { get; }

    /// <summary>The device's address as it lies in a frame.</summary>
    internal ulong RawLinkAddress { get; private set; }

    /// <summary>Shows arrivals to those raw sockets that take any of this interface.</summary>
    internal void Watch(PacketEndpoints endpoints) => _ethernet.Watch(endpoints.Watch(this, out PacketEndpoint? only) ? endpoints : null, only);

    /// <summary>Gathers a frame as it is; nothing is added to it, and nothing completed.</summary>
    /// <param name="frame">All of it, at least its Ethernet header.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SendStatus SendFrame(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > _longestSent || _transmit.IsFull || Pool.TryTake(Pool.ControlReserve) is not { } buffer)
            return SendUnusual(frame);
        return SendFrame(frame, buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe SendStatus SendFrame(ReadOnlySpan<byte> frame, PacketBuffer buffer)
    {
        buffer.Length = frame.Length;
        CountCopied(frame.Length);
        _transmit.AddToRoom(buffer);
        Unsafe.CopyBlockUnaligned(ref buffer.Page[PacketBuffer.Headroom], in MemoryMarshal.GetReference(frame), (uint)frame.Length);
        return SendStatus.Sent;
    }

    private void SetLongestSent() => _longestSent = LinkUp ? Math.Min(_deviceMtu + EthernetHeader.Size, LongestInPage) : -1;

    // A tag makes a frame four bytes longer than the MTU allows (IEEE 802.3, 3.2.7).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SendStatus SendUnusual(ReadOnlySpan<byte> frame)
    {
        if (!LinkUp)
        {
            Drops.Count(DropCause.LinkDown);
            return SendStatus.Dropped;
        }

        bool isTagged = EthernetHeader.TryRead(frame, out EthernetHeader header) && header.Type == EtherType.Vlan;
        if (frame.Length > Math.Min(_longestSent + (isTagged ? VlanTag.Size : 0), LongestInPage))
            return SendStatus.TooLong;
        if (!_transmit.HasRoom() || Pool.TryTake(Pool.ControlReserve) is not { } buffer)
            return SendStatus.Busy;
        return SendFrame(frame, buffer);
    }
}
