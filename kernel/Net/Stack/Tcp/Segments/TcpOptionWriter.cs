using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Writes options, each filled up to whole words, so that every one of them lies where a word begins.</summary>
internal static unsafe class TcpOptionWriter
{
    /// <summary>Bytes of the timestamps with two that fill.</summary>
    public const int TimestampsLength = 12;

    /// <summary>Bytes of one range of a selective acknowledgement.</summary>
    public const int SackBlockLength = 8;

    private const int WordLength = 4;

    /// <summary>Writes timestamps (RFC 7323, 3.2).</summary>
    /// <returns>Where the next option goes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* WriteTimestamps(byte* at, uint value, uint echo)
    {
        uint* words = (uint*)at;
        words[0] = BigEndian32.From(0x0101_080a).Raw;
        words[1] = BigEndian32.From(value).Raw;
        words[2] = BigEndian32.From(echo).Raw;
        return at + TimestampsLength;
    }

    /// <summary>Writes the longest segment that this host wants to get (RFC 9293, 3.7.1).</summary>
    public static byte* WriteMaximumSegment(byte* at, int bytes) => WriteWord(at, 0x0204_0000u | (uint)bytes);

    /// <summary>Writes by how much this host's windows are to be shifted (RFC 7323, 2.2).</summary>
    public static byte* WriteWindowShift(byte* at, int shift) => WriteWord(at, 0x0103_0300u | (uint)shift);

    /// <summary>Writes that this host takes selective acknowledgements (RFC 2018, 2).</summary>
    public static byte* WriteSackPermitted(byte* at) => WriteWord(at, 0x0101_0402);

    /// <summary>Begins a selective acknowledgement (RFC 2018, 3).</summary>
    public static byte* BeginSack(byte* at, int blocks) => WriteWord(at, 0x0101_0500u | (uint)(2 + (blocks * SackBlockLength)));

    /// <summary>Bytes that so many ranges take.</summary>
    public static int SackLength(int blocks) => blocks == 0 ? 0 : WordLength + (blocks * SackBlockLength);

    /// <summary>Writes one range of it.</summary>
    public static byte* WriteSackBlock(byte* at, SequenceNumber start, SequenceNumber end) => WriteWord(WriteWord(at, start.Value), end.Value);

    private static byte* WriteWord(byte* at, uint word)
    {
        *(uint*)at = BigEndian32.From(word).Raw;
        return at + WordLength;
    }
}
