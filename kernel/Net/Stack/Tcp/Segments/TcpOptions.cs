using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The options of a segment that arrived (RFC 9293, 3.2): read once, from bytes that anybody may have written.</summary>
/// <remarks>An option whose length cannot be right ends the reading; what stood before it counts (MUST-7). Unknown options are skipped by their
/// length (MUST-6).</remarks>
internal unsafe struct TcpOptions
{
    /// <summary>The largest shift of a window (RFC 7323, 2.3).</summary>
    public const int LargestWindowShift = 14;

    // NOP, NOP, kind 8, length 10: how every sender begins the options of a segment that carries timestamps alone (RFC 7323, appendix A).
    private const uint TimestampsAlone = 0x0a08_0101;

    /// <summary>The longest segment that the sender wants to get (MSS), in bytes of payload; 0 if it does not say.</summary>
    public int MaximumSegment;

    /// <summary>By how much the sender's windows are to be shifted; -1 if it does not say.</summary>
    public int WindowShift;

    /// <summary>How many <see cref="SackBlock"/>s there are.</summary>
    public int SackBlocks;

    /// <summary>Whether the sender takes selective acknowledgements (RFC 2018, 2).</summary>
    public bool PermitsSack;

    /// <summary>Whether there are timestamps (RFC 7323, 3).</summary>
    public bool HasTimestamps;

    /// <summary>The sender's clock (TSval).</summary>
    public uint TimestampValue;

    /// <summary>This host's clock, as the sender saw it last (TSecr).</summary>
    public uint TimestampEcho;

    private byte* _sack;

    /// <summary>Reads the options behind a header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(byte* at, int length)
    {
        SackBlocks = 0;
        HasTimestamps = false;
        if (length == 0)
            return;
        if (length == TcpOptionWriter.TimestampsLength && *(uint*)at == TimestampsAlone)
            ReadTimestamps(at + 4);
        else
            ReadAny(at, length);
    }

    /// <summary>Reads the options of a SYN, which alone has some of them.</summary>
    public void ReadOfSyn(byte* at, int length)
    {
        MaximumSegment = 0;
        WindowShift = -1;
        PermitsSack = false;
        SackBlocks = 0;
        HasTimestamps = false;
        ReadAny(at, length);
    }

    /// <summary>What a SYN says of its sender.</summary>
    public readonly TcpOffer ToOffer() => new()
    {
        MaximumSegment = MaximumSegment,
        WindowShift = WindowShift,
        PermitsSack = PermitsSack,
        HasTimestamps = HasTimestamps,
        TimestampValue = HasTimestamps ? TimestampValue : 0,
    };

    /// <summary>One of the ranges that the sender has beyond the acknowledgement number (RFC 2018, 3).</summary>
    public readonly void SackBlock(int index, out SequenceNumber start, out SequenceNumber end)
    {
        BigEndian32* block = (BigEndian32*)(_sack + (index * TcpOptionWriter.SackBlockLength));
        start = new(block[0].Value);
        end = new(block[1].Value);
    }

    private void ReadTimestamps(byte* at)
    {
        HasTimestamps = true;
        TimestampValue = ((BigEndian32*)at)->Value;
        TimestampEcho = ((BigEndian32*)at)[1].Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadAny(byte* at, int length)
    {
        byte* end = at + length;
        while (at < end && *at != (byte)TcpOptionKind.End)
        {
            if (*at == (byte)TcpOptionKind.NoOperation)
            {
                at++;
                continue;
            }

            int left = (int)(end - at);
            int size = left < 2 ? 0 : at[1];
            if (size < 2 || size > left)
                return;
            ReadOne((TcpOptionKind)at[0], at, size);
            at += size;
        }
    }

    private void ReadOne(TcpOptionKind kind, byte* at, int size)
    {
        switch (kind)
        {
            case TcpOptionKind.MaximumSegment when size == 4:
                MaximumSegment = ((BigEndian16*)(at + 2))->Value;
                break;
            case TcpOptionKind.WindowScale when size == 3:
                WindowShift = at[2] < LargestWindowShift ? at[2] : LargestWindowShift;
                break;
            case TcpOptionKind.SackPermitted when size == 2:
                PermitsSack = true;
                break;
            case TcpOptionKind.Sack when (size - 2) % TcpOptionWriter.SackBlockLength == 0:
                _sack = at + 2;
                SackBlocks = (size - 2) / TcpOptionWriter.SackBlockLength;
                break;
            case TcpOptionKind.Timestamps when size == 10:
                ReadTimestamps(at + 2);
                break;
        }
    }
}
