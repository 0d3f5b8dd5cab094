using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Answering a flood of SYNs without keeping anything of them (RFC 4987, 3.6): what must be known later is in the number of our SYN and in our timestamp, and
/// comes back with the acknowledgement.</summary>
/// <remarks>
/// The number: five bits of the time (a unit is 64 seconds), three that choose the largest segment, and 24 that prove that this host made it. An answer is good for one to two
/// units. Who guesses gets one connection in 2^24 tries, and only while a flood lasts: at other times no acknowledgement is looked at in this way.
/// <para>The timestamp's last five bits: the window's shift (15 for none) and whether selective acknowledgements are taken. From a host that sends no timestamps
/// neither is used.</para>
/// </remarks>
internal sealed class SynCookies(TcpConnections tcp)
{
    private const int TimeBits = 5;
    private const int TimeMask = (1 << TimeBits) - 1;
    private const int TimeAt = 27;
    private const int SegmentAt = 24;
    private const int SegmentMask = 7;
    private const uint ProofMask = 0xff_ffff;
    private const int NoShift = 15;
    private const uint OptionMask = 31;
    private const uint SackBit = 16;
    private const long UnitNanoseconds = 64_000_000_000;

    private static readonly Duration s_life = new(2 * UnitNanoseconds);

    // The lengths that are met in practice: a peer's is rounded down to one of them.
    private static readonly short[] s_segments = [216, 536, 1220, 1360, 1400, 1440, 1460, 8960];

    private Instant _lastSent = new(long.MinValue / 2);

    /// <summary>Whether an acknowledgement may be of an answer that this made.</summary>
    public bool AreOut(Instant now) => now - _lastSent < s_life;

    /// <summary>Answers a SYN.</summary>
    public void Answer(TcpListenEndpoint listener, in TcpSegment segment)
    {
        if (tcp.Stack.FindDestination(segment.Info.Source, segment.Info.Destination, null) is not { } destination)
            return;
        Instant now = tcp.Stack.Now;
        FlowKey flow = FlowOf(in segment);
        TcpOffer offer = segment.Options.ToOffer();
        SynOptions options = new()
        {
            MaximumSegment = TcpLayer.SegmentFor(destination),
            PermitsSack = offer.HasTimestamps && offer.PermitsSack,
            HasTimestamps = offer.HasTimestamps,
            HasWindowShift = offer.HasTimestamps && offer.WindowShift >= 0,
            WindowShift = TcpConnections.ShiftFor(listener.ReceiveBufferSize),
            TimestampValue = EncodeOptions(in offer, TcpConnections.TimestampAt(now) + tcp.Secrets.TimestampOffset(in flow)),
            TimestampEcho = offer.TimestampValue,
        };
        SequenceNumber initial = Encode(in flow, segment.Sequence, SegmentIndex(offer.MaximumSegment), UnitOf(now));
        int window = Math.Min(listener.ReceiveBufferSize, ushort.MaxValue);
        destination.Via.Tcp.SendSynBack(destination, in segment, initial, window, in options);
        _lastSent = now;
        tcp.Counters.CookiesSent++;
    }

    /// <summary>Recovers what an answer would have kept.</summary>
    /// <returns>False if the acknowledgement is of none that this host made.</returns>
    public bool TryRedeem(TcpListenEndpoint listener, in TcpSegment segment, TcpHalfOpen redeemed)
    {
        Instant now = tcp.Stack.Now;
        FlowKey flow = FlowOf(in segment);
        SequenceNumber initial = segment.Acknowledgement + -1;
        SequenceNumber peer = segment.Sequence + -1;
        long unit = UnitOf(now);
        long age = (unit - (initial.Value >> TimeAt)) & TimeMask;
        int index = (int)(initial.Value >> SegmentAt) & SegmentMask;
        if (age > 1 || Encode(in flow, peer, index, unit - age) != initial)
            return false;
        redeemed.NameBoth(flow.Local, flow.LocalPort.Value, flow.Remote, flow.RemotePort.Value, tcp.Table.Secret);
        redeemed.InitialSend = initial;
        redeemed.InitialReceive = peer;
        redeemed.TimestampOffset = tcp.Secrets.TimestampOffset(in flow);
        redeemed.Offer = DecodeOptions(in segment, s_segments[index]);
        redeemed.ReceiveShift = redeemed.Offer.WindowShift < 0 ? 0 : TcpConnections.ShiftFor(listener.ReceiveBufferSize);
        redeemed.Window = Math.Min(listener.ReceiveBufferSize, ushort.MaxValue);
        redeemed.UsesEcn = false;
        redeemed.Answers = 1;
        redeemed.RoundTrip = Duration.Zero;
        return true;
    }

    private static FlowKey FlowOf(in TcpSegment segment) =>
        new(IpProtocol.Tcp, segment.LocalPort, segment.RemotePort, segment.Info.Destination, segment.Info.Source);

    private static long UnitOf(Instant now) => now.Nanoseconds / UnitNanoseconds;

    private SequenceNumber Encode(in FlowKey flow, SequenceNumber peer, int segmentIndex, long unit)
    {
        uint proof = tcp.Secrets.Cookie(in flow, peer.Value | ((ulong)segmentIndex << 32) | ((ulong)unit << 35)) & ProofMask;
        return new(((uint)unit << TimeAt) | ((uint)segmentIndex << SegmentAt) | proof);
    }

    private static int SegmentIndex(int bytes)
    {
        int index = s_segments.Length - 1;
        while (index > 0 && s_segments[index] > bytes)
            index--;
        return index;
    }

    // What is sent must not be later than the clock, or what follows would seem to be older.
    private static uint EncodeOptions(in TcpOffer offer, uint clock)
    {
        uint options = (uint)(offer.WindowShift < 0 ? NoShift : offer.WindowShift) | (offer.PermitsSack ? SackBit : 0);
        uint encoded = (clock & ~OptionMask) | options;
        return unchecked((int)(encoded - clock)) > 0 ? encoded - OptionMask - 1 : encoded;
    }

    private static TcpOffer DecodeOptions(in TcpSegment segment, int maximumSegment)
    {
        TcpOffer offer = new() { MaximumSegment = maximumSegment, WindowShift = -1 };
        if (!segment.Options.HasTimestamps)
            return offer;
        offer.HasTimestamps = true;
        offer.TimestampValue = segment.Options.TimestampValue;
        uint options = segment.Options.TimestampEcho & OptionMask;
        offer.PermitsSack = (options & SackBit) != 0;
        int shift = (int)(options & ~SackBit);
        offer.WindowShift = shift == NoShift ? -1 : shift;
        return offer;
    }
}
