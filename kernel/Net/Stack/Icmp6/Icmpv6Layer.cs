using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>ICMPv6 (RFC 4443): echoes, telling senders what could not be delivered, and hearing what became of our own packets.</summary>
internal sealed unsafe class Icmpv6Layer(Ipv6Layer ipv6, NetworkInterface owner, IpOutput output)
{
    private const int Types = 256;
    private const int ErrorTypes = 128;
    private const int LongestNeighbourMessage = Ipv6Header.MinimumMtu;

    // RFC 4443, 2.4 (c): an error message is at most 1280 bytes long.
    private const int LongestQuote = Ipv6Header.MinimumMtu - Ipv6Header.Size - IcmpHeader.Size;

    private readonly NetworkInterface _interface = owner;
    private readonly DropCounters _drops = owner.Drops;
    private readonly RateLimiter _errors = new(10, Duration.FromMilliseconds(100));
    private readonly long[] _received = new long[Types];

    /// <summary>How many whole messages of a type have arrived, errors about our own packets among them.</summary>
    public long Received(Icmpv6Type type) => _received[(int)type];

    /// <summary>Takes a message.</summary>
    /// <param name="buffer">The packet, from the message on.</param>
    /// <param name="info">What is known of it.</param>
    /// <param name="length">Bytes in all buffers.</param>
    /// <param name="wasFragmented">Whether it was put together.</param>
    public void Input(PacketBuffer buffer, PacketInfo info, int length, bool wasFragmented)
    {
        if (buffer.Length < IcmpHeader.Size)
        {
            _drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        ulong sum = info.PseudoHeader(IpProtocol.Icmpv6, BigEndian16.From(length));
        sum = buffer.Next is null ? InternetChecksum.Sum(_interface.Counters, buffer.Data, sum) : PacketChain.Sum(_interface.Counters, buffer, sum);
        if (InternetChecksum.Fold(sum) != InternetChecksum.Good)
        {
            _drops.Drop(buffer, DropCause.BadChecksum);
            return;
        }

        Icmpv6Type type = (Icmpv6Type)buffer.Page[buffer.Offset];
        _received[(int)type]++;
        switch (type)
        {
            case Icmpv6Type.EchoRequest:
                Echo(buffer, info, length);
                break;
            case Icmpv6Type.PacketTooBig:
                ipv6.Paths.Input(buffer);
                break;
            case Icmpv6Type.ListenerQuery:
                InputQuery(buffer, info);
                break;
            case Icmpv6Type.RouterAdvertisement or Icmpv6Type.NeighbourSolicitation or Icmpv6Type.NeighbourAdvertisement:
                InputNeighbour(buffer, info, type, wasFragmented);
                break;
            case Icmpv6Type.DestinationUnreachable or Icmpv6Type.TimeExceeded or Icmpv6Type.ParameterProblem:
                // Counted above. UDP endpoints here do not report asynchronous errors.
                if (type == Icmpv6Type.DestinationUnreachable)
                    ipv6.Paths.InputUnreachable(buffer);
                buffer.Release();
                break;
            default:
                _drops.Drop(buffer, DropCause.UnknownProtocol);
                break;
        }
    }

    // From the link itself, for no router has taken a hop off; in one piece (RFC 6980, 5).
    private void InputNeighbour(PacketBuffer buffer, PacketInfo info, Icmpv6Type type, bool wasFragmented)
    {
        Ipv6Header* ip = (Ipv6Header*)info.Header;
        IpAddress source = ip->Source;
        IpAddress destination = ip->Destination;
        MacAddress link = ((EthernetHeader*)(info.Header - EthernetHeader.Size))->Source;
        bool isFromLink = ip->HopLimit == Icmpv6Sender.NeighbourHops && !wasFragmented;
        PacketChain.Gather(buffer, LongestNeighbourMessage);
        if (!isFromLink || buffer.Next is not null)
            _drops.Drop(buffer, DropCause.Malformed);
        else if (type == Icmpv6Type.NeighbourSolicitation)
            ipv6.Discovery.InputSolicitation(buffer, source, destination, link);
        else if (type == Icmpv6Type.NeighbourAdvertisement)
            ipv6.Discovery.InputAdvertisement(buffer, destination, link);
        else
            ipv6.Routers.InputAdvertisement(buffer, source);
    }

    private void InputQuery(PacketBuffer buffer, PacketInfo info)
    {
        if (((Ipv6Header*)info.Header)->HopLimit == 1 && ipv6.Listeners.InputQuery(buffer.Data, info.Source, _interface.Now))
            buffer.Release();
        else
            _drops.Drop(buffer, DropCause.Malformed);
    }

    // The request's own buffers become the reply, if they can. One to a group is answered, but not as often as anybody likes (RFC 4443, 4.2).
    private void Echo(PacketBuffer buffer, PacketInfo info, int length)
    {
        if (info.Source.IsUnspecified)
        {
            _drops.Drop(buffer, DropCause.BadSource);
            return;
        }

        if (info.IsGroup && !_errors.TryTake(_interface.Now))
        {
            _drops.Drop(buffer, DropCause.RateLimited);
            return;
        }

        if (FindDestination(info) is not { } destination)
        {
            _drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        byte* message = buffer.Page + buffer.Offset;
        ushort before = *(ushort*)message;
        message[0] = (byte)Icmpv6Type.EchoReply;
        BigEndian16* checksum = (BigEndian16*)(message + IcmpHeader.ChecksumOffset);
        *checksum = InternetChecksum.Update(*checksum, new(before), new(*(ushort*)message));
        if (info.IsGroup)
        {
            // The group was summed as the one end, and this host's address takes its place.
            ushort group = InternetChecksum.Fold(info.PseudoHeader(IpProtocol.Icmpv6, BigEndian16.From(length)));
            *checksum = InternetChecksum.Update(*checksum, new(group), new(InternetChecksum.Fold(destination.PseudoHeader(IpProtocol.Icmpv6, length))));
        }

        buffer.ChecksumStart = 0;
        output.SendArrived(buffer, destination, IpProtocol.Icmpv6);
    }

    /// <summary>Drops a packet and tells its sender, unless it must not be told, or too many were told lately.</summary>
    /// <param name="buffer">The packet, its <see cref="PacketBuffer.Offset"/> behind the IP headers.</param>
    /// <param name="info">What is known of it.</param>
    /// <param name="type">What the message says.</param>
    /// <param name="code">What it says in particular.</param>
    /// <param name="rest">What goes into the second word.</param>
    /// <param name="cause">What the packet is counted under.</param>
    public void SendError(PacketBuffer buffer, PacketInfo info, Icmpv6Type type, byte code, uint rest, DropCause cause)
    {
        _drops.Count(cause);
        if (!MayBeToldOf(buffer, info, type, code))
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

        if (FindDestination(info) is not { } destination)
        {
            _drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        if (IcmpQuote.Make(buffer, info, Destination.Ipv6HeadersSize, LongestQuote) is not { } message)
            return;
        byte* bytes = message.Page + message.Offset;
        *(IcmpHeader*)bytes = new IcmpHeader((IcmpType)type, code, rest);
        ulong sum = destination.PseudoHeader(IpProtocol.Icmpv6, message.Length);
        *(ushort*)(bytes + IcmpHeader.ChecksumOffset) = (ushort)~InternetChecksum.Fold(InternetChecksum.Sum(_interface.Counters, message.Data, sum));
        output.Send(message, destination, IpProtocol.Icmpv6);
    }

    // RFC 4443, 2.4 (e): not of an error or a redirect, nor to nobody; of a packet to a group only which option nobody knows.
    private static bool MayBeToldOf(PacketBuffer buffer, PacketInfo info, Icmpv6Type type, byte code)
    {
        if (info.Source.IsUnspecified)
            return false;
        if (info.IsGroup && !(type == Icmpv6Type.ParameterProblem && code == (byte)Icmpv6Problem.Option))
            return false;
        return info.Protocol != IpProtocol.Icmpv6
            || (buffer.Length != 0 && buffer.Page[buffer.Offset] >= ErrorTypes && buffer.Page[buffer.Offset] != (byte)Icmpv6Type.Redirect);
    }

    // Who was spoken to answers.
    private Destination? FindDestination(PacketInfo info) => output.FindDestination(info.Source, info.IsGroup ? default : info.Destination);
}
