using System;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The beginning of a packet, quoted in an error message about it (RFC 1122, 3.2.2; RFC 4443, 2.4).</summary>
internal static unsafe class IcmpQuote
{
    /// <summary>Turns a packet into an error message's quote of it, behind room for the ICMP header: in its own buffer if there is room for
    /// all headers in front of it and it is quoted from that buffer alone; else in a fresh one.</summary>
    /// <param name="buffer">The packet, its <see cref="PacketBuffer.Offset"/> behind the IP header. It is used up.</param>
    /// <param name="info">What is known of it.</param>
    /// <param name="headers">Bytes that will go in front of the ICMP header.</param>
    /// <param name="longest">The most bytes to be quoted.</param>
    /// <returns>The message, whose first <see cref="IcmpHeader.Size"/> bytes are still to be written; null if there is no buffer for it.</returns>
    public static PacketBuffer? Make(PacketBuffer buffer, PacketInfo info, int headers, int longest)
    {
        int headerOffset = (int)(info.Header - buffer.Page);
        int headerLength = info.HeaderLength;
        int quote = Math.Min(headerLength + PacketChain.Length(buffer), longest);
        if (headerOffset >= headers + IcmpHeader.Size && headerLength + buffer.Length >= quote)
        {
            buffer.Next?.Release();
            buffer.Next = null;
            buffer.Offset = headerOffset - IcmpHeader.Size;
            buffer.Length = IcmpHeader.Size + quote;
            buffer.ChecksumStart = 0;
            return buffer;
        }

        PacketBuffer? message = info.Via.Pool.TryTake();
        if (message is null)
        {
            info.Via.Drops.Count(DropCause.NoBuffer);
        }
        else
        {
            message.Offset += headers;
            message.Length = IcmpHeader.Size + quote;
            Span<byte> quoted = message.Data[IcmpHeader.Size..];
            int fromHeader = Math.Min(headerLength, quote);
            new ReadOnlySpan<byte>(info.Header, fromHeader).CopyTo(quoted);
            PacketChain.CopyTo(buffer, quoted[fromHeader..]);
            info.Via.Counters.Count(PathEvent.CopiedBytes, quote);
        }

        buffer.Release();
        return message;
    }
}
