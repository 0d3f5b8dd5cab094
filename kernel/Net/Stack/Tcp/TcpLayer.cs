using System;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>TCP on one interface (RFC 9293): segments are checked and find whom they are for; in TcpLayer.Output.cs they leave.</summary>
internal sealed unsafe partial class TcpLayer
{
    private readonly NetworkInterface _interface;
    private readonly PacketInfo _info;
    private readonly TcpConnections _tcp;
    private readonly IpOutput _output;
    private readonly TransmitQueue _transmit;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;

    // Resets for segments of no connection: who sends such segments by the thousand does not get as many answers.
    private readonly RateLimiter _resets = new(100, Duration.FromMilliseconds(1));
    private NetworkOffloads _offloads;

    /// <summary>Makes the layer of an interface.</summary>
    public TcpLayer(NetworkInterface owner, PacketInfo info, TcpConnections tcp, IpOutput output, TransmitQueue transmit)
    {
        _interface = owner;
        _info = info;
        _tcp = tcp;
        _output = output;
        _transmit = transmit;
        _pool = owner.Pool;
        _drops = owner.Drops;
        Counters = owner.Counters;
    }

    /// <summary>Where summed bytes are counted.</summary>
    public PathCounters Counters { private get; set; }

    /// <summary>Takes over what the device does.</summary>
    public void Configure(NetworkOffloads offloads) => _offloads = offloads;

    /// <summary>Takes a segment.</summary>
    /// <param name="buffer">The packet, from the TCP header on.</param>
    /// <param name="length">Bytes behind the IP header, in all buffers.</param>
    public void Input(PacketBuffer buffer, int length)
    {
        TcpHeader* header = (TcpHeader*)(buffer.Page + buffer.Offset);
        if (buffer.Length < TcpHeader.Size || header->HeaderLength < TcpHeader.Size || header->HeaderLength > buffer.Length)
            _drops.Drop(buffer, DropCause.Truncated);
        else if (!buffer.ChecksumVerified && !IsSumGood(buffer, length))
            Refuse(buffer, DropCause.BadChecksum, "badChecksum");
        else if (_info.IsGroup)
            Refuse(buffer, DropCause.NotForUs, "notForUs"); // MUST-57: TCP is between two hosts
        else
            InputHonest(buffer, header, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InputHonest(PacketBuffer buffer, TcpHeader* header, int length)
    {
        int headerLength = header->HeaderLength;
        TcpSegment segment;
        segment.Buffer = buffer;
        segment.Info = _info;
        segment.LocalPort = header->DestinationPort;
        segment.RemotePort = header->SourcePort;
        segment.Sequence = new(header->Sequence.Value);
        segment.Acknowledgement = new(header->Acknowledgement.Value);
        segment.Window = header->Window.Value;
        segment.Length = length - headerLength;
        segment.Flags = header->Flags;
        segment.IsMarked = _info.IsCongestionMarked;
        Unsafe.SkipInit(out segment.Options);
        if ((header->Flags & TcpFlags.Syn) == 0)
            segment.Options.Read((byte*)header + TcpHeader.Size, headerLength - TcpHeader.Size);
        else
            segment.Options.ReadOfSyn((byte*)header + TcpHeader.Size, headerLength - TcpHeader.Size);
        buffer.Offset += headerLength;
        buffer.Length -= headerLength;
        _info.SourcePort = segment.RemotePort;
        if (_tcp.Trace is null)
            _tcp.Input(ref segment);
        else
            _tcp.Trace.Input(ref segment);
        segment.Buffer?.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(PacketBuffer buffer, DropCause cause, string why)
    {
        _tcp.Trace?.Refused(_info, (TcpHeader*)(buffer.Page + buffer.Offset), why);
        _drops.Drop(buffer, cause);
    }

    private bool IsSumGood(PacketBuffer buffer, int length)
    {
        ulong sum = _info.PseudoHeader(IpProtocol.Tcp, BigEndian16.From(length));
        sum = buffer.Next is null ? InternetChecksum.Sum(Counters, buffer.Data, sum) : PacketChain.Sum(Counters, buffer, sum);
        return InternetChecksum.IsGood(sum);
    }

    /// <summary>Tells the stack of a router's message about a packet of ours.</summary>
    /// <param name="code">What the message says.</param>
    /// <param name="mtu">For <see cref="IcmpUnreachable.FragmentationNeeded"/>: what fits the next link; 0 from routers that do not say (RFC 1191, 5).</param>
    /// <param name="source">From whom the packet was: this host.</param>
    /// <param name="destination">To whom it was.</param>
    /// <param name="quoted">The first eight bytes of its TCP header.</param>
    public void InputError(IcmpUnreachable code, int mtu, IpAddress source, IpAddress destination, ReadOnlySpan<byte> quoted)
    {
        fixed (byte* bytes = quoted)
        {
            TcpHeader* header = (TcpHeader*)bytes;
            FlowKey flow = new(IpProtocol.Tcp, header->SourcePort, header->DestinationPort, source, destination);
            if (_tcp.Table.FindConversation(in flow) is TcpEndpoint endpoint)
                endpoint.InputError(code, mtu, new(header->Sequence.Value));
        }
    }
}
