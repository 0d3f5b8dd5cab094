using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>ICMP (RFC 792; RFC 1122, 3.2.2): echoes, and telling senders what could not be delivered.</summary>
public sealed unsafe partial class NetworkInterface
{
    private const int IcmpTypes = 16;

    // RFC 1812, 4.3.2.3: an error message is at most 576 bytes long.
    private const int LongestQuote = 576 - Ipv4Header.Size - IcmpHeader.Size;

    private readonly RateLimiter _errors = new(10, Duration.FromMilliseconds(100));
    private readonly long[] _icmpReceived = new long[IcmpTypes];

    /// <summary>How many whole messages of a type have arrived, errors about our own packets among them.</summary>
    public long IcmpReceived(IcmpType type) => (int)type < IcmpTypes ? _icmpReceived[(int)type] : 0;

    private void InputIcmp(PacketBuffer buffer, Ipv4Header* ip)
    {
        if (buffer.Length < IcmpHeader.Size)
        {
            Drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        ulong sum = buffer.Next is null ? InternetChecksum.Sum(_counters, buffer.Data) : PacketChain.Sum(_counters, buffer, 0);
        if (InternetChecksum.Fold(sum) != InternetChecksum.Good)
        {
            Drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        IcmpType type = ((IcmpHeader*)(buffer.Page + buffer.Offset))->Type;
        if ((int)type < IcmpTypes)
            _icmpReceived[(int)type]++;
        switch (type)
        {
            case IcmpType.EchoRequest when _group:
                // RFC 1122, 3.2.2.6 allows it, and whoever amplifies a flood is glad of those who answer.
                Drops.Drop(buffer, DropCause.NotForUs);
                break;
            case IcmpType.EchoRequest:
                Echo(buffer, ip);
                break;
            case IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem:
                // Counted above. UDP endpoints here do not report asynchronous errors, and the MTU is not lowered: packets are
                // sent without "don't fragment".
                buffer.Release();
                break;
            default:
                Drops.Drop(buffer, DropCause.UnknownProtocol);
                break;
        }
    }

    // The request's own buffers become the reply, if they can: the type changes, the checksum is corrected for it, and headers go in front.
    private void Echo(PacketBuffer buffer, Ipv4Header* ip)
    {
        if (FindDestination(IpAddress.From(ip->Source)) is not { } destination)
        {
            Drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        byte* message = buffer.Page + buffer.Offset;
        ushort before = *(ushort*)message;
        message[0] = (byte)IcmpType.EchoReply;
        BigEndian16* checksum = (BigEndian16*)(message + IcmpHeader.ChecksumOffset);
        *checksum = InternetChecksum.Update(*checksum, new(before), new(*(ushort*)message));
        buffer.ChecksumStart = 0;
        if (CanBecomePackets(buffer))
            SendIpv4(buffer, destination, IpProtocol.Icmp);
        else
            SendIpv4Copied(buffer, destination, IpProtocol.Icmp);
    }

    // Fragments that arrived by this link are multiples of eight bytes and fit it; what a device merged, or short fragments that were put into
    // one buffer, need be neither, and the MTU may be lower than the sender's.
    private bool CanBecomePackets(PacketBuffer first)
    {
        PacketBuffer? piece = first;
        while (piece is not null)
        {
            if (piece.Offset < Destination.HeadersSize || EndOfPacket(piece, out _) is not { } end)
                return false;
            piece = end.Next;
        }

        return true;
    }

    private void RefuseProtocol(PacketBuffer buffer, Ipv4Header* ip)
    {
        if (_group)
            Drops.Drop(buffer, DropCause.UnknownProtocol);
        else
            SendError(buffer, ip, IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Protocol, rest: 0, DropCause.UnknownProtocol);
    }

    /// <summary>Drops a packet and tells its sender, unless too many were told lately.</summary>
    /// <param name="buffer">The packet, its <see cref="PacketBuffer.Offset"/> behind the IP header.</param>
    /// <param name="ip">Its IP header, intact, in the same buffer. It was sent to this host alone by one host (RFC 1122, 3.2.2).</param>
    /// <param name="type">What the message says.</param>
    /// <param name="code">What it says in particular.</param>
    /// <param name="rest">What goes into the second word.</param>
    /// <param name="cause">What the packet is counted under.</param>
    private void SendError(PacketBuffer buffer, Ipv4Header* ip, IcmpType type, byte code, uint rest, DropCause cause)
    {
        Drops.Count(cause);
        if (ip->Protocol == IpProtocol.Icmp)
        {
            buffer.Release();
            return;
        }

        // Asked before the way is: who floods this host with nonsense from many addresses must not make it ask for them all.
        if (!_errors.TryTake(_now))
        {
            Drops.Drop(buffer, DropCause.RateLimited);
            return;
        }

        if (FindDestination(IpAddress.From(ip->Source)) is not { } destination)
        {
            Drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        if (MakeQuote(buffer, ip) is not { } message)
            return;
        message.ChecksumStart = 0;
        byte* bytes = message.Page + message.Offset;
        *(IcmpHeader*)bytes = new IcmpHeader(type, code, rest);
        ushort sum = InternetChecksum.Fold(InternetChecksum.Sum(_counters, message.Data));
        *(ushort*)(bytes + IcmpHeader.ChecksumOffset) = (ushort)~sum;
        SendIpv4(message, destination, IpProtocol.Icmp);
    }

    // Turns a packet into an error message's quote of it, behind room for the ICMP header: in its own buffer if there is room for
    // all headers in front of it and it is quoted from that buffer alone; else in a fresh one.
    private PacketBuffer? MakeQuote(PacketBuffer buffer, Ipv4Header* ip)
    {
        int headerOffset = (int)((byte*)ip - buffer.Page);
        int headerLength = buffer.Offset - headerOffset;
        int quote = Math.Min(headerLength + PacketChain.Length(buffer), LongestQuote);
        if (headerOffset >= Destination.HeadersSize + IcmpHeader.Size && headerLength + buffer.Length >= quote)
        {
            buffer.Next?.Release();
            buffer.Next = null;
            buffer.Offset = headerOffset - IcmpHeader.Size;
            buffer.Length = IcmpHeader.Size + quote;
            return buffer;
        }

        PacketBuffer? message = _pool.TryTake();
        if (message is null)
        {
            Drops.Count(DropCause.NoBuffer);
        }
        else
        {
            message.Offset += Destination.HeadersSize;
            message.Length = IcmpHeader.Size + quote;
            Span<byte> quoted = message.Data[IcmpHeader.Size..];
            new ReadOnlySpan<byte>(ip, headerLength).CopyTo(quoted);
            PacketChain.CopyTo(buffer, quoted[headerLength..]);
            _counters.Count(PathEvent.CopiedBytes, quote);
        }

        buffer.Release();
        return message;
    }
}
