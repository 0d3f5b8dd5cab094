using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Prints a line for each segment that comes or goes (the kernel option <c>tcp=trace</c>).</summary>
/// <remarks>A console may take longer for a line than the network for a segment, so lines are limited: <see cref="Burst"/> at once, then one every five milliseconds. How many
/// were left out is said before the next.</remarks>
internal sealed unsafe class TcpTrace(TcpConnections tcp, ConsoleOutput output)
{
    /// <summary>How many lines there may be at once.</summary>
    public const int Burst = 200;

    private const long NanosecondsInSecond = 1_000_000_000;
    private const int MicrosecondDigits = 6;
    private const int MostHeld = 4096;

    private readonly RateLimiter _limit = new(Burst, Duration.FromMilliseconds(5));
    private readonly long[] _before = new long[TcpCounterNames.Drops];
    private long _leftOut;

    // Lines of what leaves while a segment is in hand: they stand behind its own, which says what became of it.
    private readonly byte[] _held = new byte[MostHeld];
    private int _heldLength;
    private bool _holds;

    /// <summary>Lets a segment be brought to its end, and tells of it, and why it was dropped if it was.</summary>
    public void Input(ref TcpSegment segment)
    {
        if (!MayPrint())
        {
            tcp.Input(ref segment);
            return;
        }

        LogLine line = Begin("in "u8, segment.Info.Source, segment.RemotePort, segment.Info.Destination, segment.LocalPort);
        Append(ref line, segment.Flags, segment.Sequence, segment.Acknowledgement, segment.Length, segment.Window);
        AppendOptions(ref line, in segment);
        long noListener = segment.Info.Via.Drops[DropCause.NoListener];
        for (int i = 0; i < _before.Length; i++)
            _before[i] = TcpCounterNames.Of(tcp.Counters, i);

        _holds = true;
        tcp.Input(ref segment);
        _holds = false;
        for (int i = 0; i < _before.Length; i++)
        {
            if (TcpCounterNames.Of(tcp.Counters, i) != _before[i])
                AppendDrop(ref line, TcpCounterNames.NameOf(i));
        }

        if (segment.Info.Via.Drops[DropCause.NoListener] != noListener)
            AppendDrop(ref line, "noListener");
        Print(ref line);
        output(_held.AsSpan(0, _heldLength));
        _heldLength = 0;
    }

    /// <summary>Tells of a segment that no connection will see.</summary>
    /// <param name="info">Who sent it.</param>
    /// <param name="header">Its header; only the ports are looked at.</param>
    /// <param name="why">What is wrong with it.</param>
    public void Refused(PacketInfo info, TcpHeader* header, string why)
    {
        if (!MayPrint())
            return;
        LogLine line = Begin("in "u8, info.Source, header->SourcePort, info.Destination, header->DestinationPort);
        AppendDrop(ref line, why);
        Print(ref line);
    }

    /// <summary>Tells of a segment that leaves.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="header">Its header.</param>
    /// <param name="length">Bytes of payload.</param>
    public void Sent(Destination destination, TcpHeader* header, int length)
    {
        if (!MayPrint())
            return;
        LogLine line = Begin("out "u8, destination.Source, header->SourcePort, destination.Address, header->DestinationPort);
        Append(ref line, header->Flags, new(header->Sequence.Value), new(header->Acknowledgement.Value), length, header->Window.Value);
        TcpSegment read = default;
        read.Flags = header->Flags;
        int options = header->HeaderLength - TcpHeader.Size;
        if (read.Has(TcpFlags.Syn))
            read.Options.ReadOfSyn((byte*)header + TcpHeader.Size, options);
        else
            read.Options.Read((byte*)header + TcpHeader.Size, options);
        AppendOptions(ref line, in read);
        Print(ref line);
    }

    private bool MayPrint()
    {
        if (!_limit.TryTake(tcp.Stack.Now))
        {
            _leftOut++;
            return false;
        }

        if (_leftOut == 0)
            return true;
        LogLine line = new(0, 0);
        line.AppendFormatted("tcp: "u8);
        line.AppendFormatted(_leftOut);
        line.AppendFormatted(" segments are not shown: the console would not keep up"u8);
        _leftOut = 0;
        Print(ref line);
        return true;
    }

    private LogLine Begin(ReadOnlySpan<byte> direction, IpAddress source, BigEndian16 sourcePort, IpAddress destination, BigEndian16 destinationPort)
    {
        LogLine line = new(0, 0);
        line.AppendFormatted("tcp: "u8);
        long nanoseconds = (tcp.Stack.Now - Instant.Zero).Nanoseconds;
        line.AppendFormatted(nanoseconds / NanosecondsInSecond);
        line.AppendFormatted("."u8);
        Span<byte> digits = stackalloc byte[MicrosecondDigits];
        long microseconds = nanoseconds % NanosecondsInSecond / 1000;
        for (int i = MicrosecondDigits - 1; i >= 0; i--, microseconds /= 10)
            digits[i] = (byte)('0' + (microseconds % 10));
        line.AppendFormatted(digits);
        line.AppendFormatted(" "u8);
        line.AppendFormatted(direction);
        AppendEnd(ref line, source, sourcePort);
        line.AppendFormatted(" > "u8);
        AppendEnd(ref line, destination, destinationPort);
        return line;
    }

    private static void AppendEnd(ref LogLine line, IpAddress address, BigEndian16 port)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        line.AppendFormatted(address.Format(text));
        line.AppendFormatted(" "u8);
        line.AppendFormatted((uint)port.Value);
    }

    // F, S, R, P, A, U, E and C, as the RFC draws them from the right.
    private static void Append(ref LogLine line, TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgement, int length, int window)
    {
        line.AppendFormatted(": "u8);
        for (int i = 0; i < 8; i++)
        {
            if (((int)flags >> i & 1) != 0)
                line.AppendFormatted("FSRPAUEC"u8.Slice(i, 1));
        }

        line.AppendFormatted(" seq "u8);
        line.AppendFormatted(sequence.Value);
        if ((flags & TcpFlags.Ack) != 0)
        {
            line.AppendFormatted(" ack "u8);
            line.AppendFormatted(acknowledgement.Value);
        }

        line.AppendFormatted(" len "u8);
        line.AppendFormatted(length);
        line.AppendFormatted(" win "u8);
        line.AppendFormatted(window);
    }

    private static void AppendOptions(ref LogLine line, in TcpSegment segment)
    {
        ref readonly TcpOptions options = ref segment.Options;
        if (segment.Has(TcpFlags.Syn))
            AppendSynOptions(ref line, in options);
        if (options.HasTimestamps)
        {
            line.AppendFormatted(" ts "u8);
            line.AppendFormatted(options.TimestampValue);
            line.AppendFormatted("/"u8);
            line.AppendFormatted(options.TimestampEcho);
        }

        for (int i = 0; i < options.SackBlocks; i++)
        {
            options.SackBlock(i, out SequenceNumber start, out SequenceNumber end);
            line.AppendFormatted(" sack "u8);
            line.AppendFormatted(start.Value);
            line.AppendFormatted("-"u8);
            line.AppendFormatted(end.Value);
        }
    }

    private static void AppendSynOptions(ref LogLine line, in TcpOptions options)
    {
        if (options.MaximumSegment != 0)
        {
            line.AppendFormatted(" mss "u8);
            line.AppendFormatted(options.MaximumSegment);
        }

        if (options.WindowShift >= 0)
        {
            line.AppendFormatted(" shift "u8);
            line.AppendFormatted(options.WindowShift);
        }

        if (options.PermitsSack)
            line.AppendFormatted(" sackOK"u8);
    }

    private static void AppendDrop(ref LogLine line, string why)
    {
        line.AppendFormatted(" dropped: "u8);
        line.AppendFormatted(why);
    }

    private void Print(ref LogLine line)
    {
        int length = line.Bytes.Length;
        if (_holds && length < MostHeld - _heldLength)
        {
            line.Bytes.CopyTo(_held.AsSpan(_heldLength));
            _heldLength += length;
            _held[_heldLength++] = (byte)'\n';
            return;
        }

        output(line.Bytes);
        output("\n"u8);
    }
}
