using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>ICMP (RFC 792; RFC 1122, 3.2.2): echoes, and telling senders what could not be delivered.</summary>
internal sealed unsafe class IcmpLayer(NetworkInterface owner, IpOutput output)
{
    private const int IcmpTypes = 16;

    // RFC 1812, 4.3.2.3: an error message is at most 576 bytes long.
    private const int LongestQuote = 576 - Ipv4Header.Size - IcmpHeader.Size;

    private readonly NetworkInterface _interface = owner;
    private readonly IpOutput _output = output;
    private readonly DropCounters _drops = owner.Drops;
    private readonly RateLimiter _errors = new(10, Duration.FromMilliseconds(100));
    private readonly long[] _received = new long[IcmpTypes];

    /// <summary>How many whole messages of a type have arrived, errors about our own packets among them.</summary>
    public long Received(IcmpType type) => (int)type < IcmpTypes ? _received[(int)type] : 0;

    /// <summary>Takes a message.</summary>
    public void Input(PacketBuffer buffer, PacketInfo info)
    {
        if (buffer.Length < IcmpHeader.Size)
        {
            _drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        ulong sum = buffer.Next is null ? InternetChecksum.Sum(_interface.Counters, buffer.Data) : PacketChain.Sum(_interface.Counters, buffer, 0);
        if (InternetChecksum.Fold(sum) != InternetChecksum.Good)
        {
            _drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        IcmpType type = ((IcmpHeader*)(buffer.Page + buffer.Offset))->Type;
        if ((int)type < IcmpTypes)
            _received[(int)type]++;
        switch (type)
        {
            case IcmpType.EchoRequest when info.IsGroup:
                // RFC 1122, 3.2.2.6 allows it, and whoever amplifies a flood is glad of those who answer.
                _drops.Drop(buffer, DropCause.NotForUs);
                break;
            case IcmpType.EchoRequest:
                Echo(buffer, info.Source);
                break;
            case IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem:
                // Counted above. UDP endpoints here do not report asynchronous errors, and send without "don't fragment".
                if (type == IcmpType.DestinationUnreachable)
                    TellTcp(buffer);
                buffer.Release();
                break;
            default:
                _drops.Drop(buffer, DropCause.UnknownProtocol);
                break;
        }
    }

    // RFC 1122, 3.2.2: the message quotes the header of the packet that it is about, and eight bytes more at least.
    private void TellTcp(PacketBuffer buffer)
    {
        const int Quoted = 8;
        ReadOnlySpan<byte> message = buffer.Data;
        if (!IcmpHeader.TryRead(message, out IcmpHeader icmp) || !Ipv4Header.TryRead(message[IcmpHeader.Size..], out Ipv4Header ip)
            || ip.Protocol != IpProtocol.Tcp || ip.FragmentOffset != 0 || message.Length < IcmpHeader.Size + ip.HeaderLength + Quoted)
        {
            return;
        }

        int mtu = icmp.Code == (byte)IcmpUnreachable.FragmentationNeeded ? (ushort)icmp.Rest.Value : 0;
        ReadOnlySpan<byte> tcp = message.Slice(IcmpHeader.Size + ip.HeaderLength, Quoted);
        _interface.Tcp.InputError((IcmpUnreachable)icmp.Code, mtu, IpAddress.From(ip.Source), IpAddress.From(ip.Destination), tcp);
    }

    // The request's own buffers become the reply, if they can: the type changes, the checksum is corrected for it, and headers go in front.
    private void Echo(PacketBuffer buffer, IpAddress source)
    {
        if (_output.FindDestination(source) is not { } destination)
        {
            _drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        byte* message = buffer.Page + buffer.Offset;
        ushort before = *(ushort*)message;
        message[0] = (byte)IcmpType.EchoReply;
        BigEndian16* checksum = (BigEndian16*)(message + IcmpHeader.ChecksumOffset);
        *checksum = InternetChecksum.Update(*checksum, new(before), new(*(ushort*)message));
        buffer.ChecksumStart = 0;
        _output.SendArrived(buffer, destination, IpProtocol.Icmp);
    }

    /// <summary>Refuses a packet of a protocol that nobody here speaks.</summary>
    public void RefuseProtocol(PacketBuffer buffer, PacketInfo info)
    {
        if (info.IsGroup)
            _drops.Drop(buffer, DropCause.UnknownProtocol);
        else
            SendError(buffer, info, IcmpType.DestinationUnreachable, (byte)IcmpUnreachable.Protocol, rest: 0, DropCause.UnknownProtocol);
    }

    /// <summary>Drops a packet and tells its sender, unless too many were told lately.</summary>
    /// <param name="buffer">The packet, its <see cref="PacketBuffer.Offset"/> behind the IP header.</param>
    /// <param name="info">What is known of it. It was sent to this host alone by one host (RFC 1122, 3.2.2).</param>
    /// <param name="type">What the message says.</param>
    /// <param name="code">What it says in particular.</param>
    /// <param name="rest">What goes into the second word.</param>
    /// <param name="cause">What the packet is counted under.</param>
    public void SendError(PacketBuffer buffer, PacketInfo info, IcmpType type, byte code, uint rest, DropCause cause)
    {
        _drops.Count(cause);
        if (info.Protocol == IpProtocol.Icmp)
        {
            buffer.Release();
            return;
        }

        // Asked before the way is: who floods this host with nonsense from many addresses must not make it ask for them all.
        if (!_errors.TryTake(_interface.Now))
        {
            _drops.Drop(buffer, DropCause.RateLimited);
            return;
        }

        if (_output.FindDestination(info.Source) is not { } destination)
        {
            _drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        if (IcmpQuote.Make(buffer, info, Destination.Ipv4HeadersSize, LongestQuote) is not { } message)
            return;
        byte* bytes = message.Page + message.Offset;
        *(IcmpHeader*)bytes = new IcmpHeader(type, code, rest);
        ushort sum = InternetChecksum.Fold(InternetChecksum.Sum(_interface.Counters, message.Data));
        *(ushort*)(bytes + IcmpHeader.ChecksumOffset) = (ushort)~sum;
        _output.Send(message, destination, IpProtocol.Icmp);
    }
}
