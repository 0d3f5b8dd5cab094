using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
using Guest.Net.Wire;

namespace Guest.Net.Devices;

/// <summary>Frames as network chips have them: how long they may be, and what is done to them in software where a chip cannot.</summary>
internal static class NicFrame
{
    /// <summary>The MTU of Ethernet.</summary>
    public const int DefaultMtu = 1500;

    /// <summary>An Ethernet header: the shortest frame that any driver passes on.</summary>
    public const int HeaderLength = 14;

    /// <summary>The shortest frame on the wire without its check sequence (IEEE 802.3, 3.2.8).</summary>
    public const int MinimumFrame = 60;

    /// <summary>The longest frame that is for a card here, in bytes: an MTU of 1,500 and a VLAN tag (IEEE 802.1Q), without the check
    /// sequence.</summary>
    public const int LongestFrame = HeaderLength + 4 + DefaultMtu;

    /// <summary>The most pieces that a frame to send may have: what 64 KiB take in pages, and one for headers.</summary>
    public const int MostPieces = 18;

    /// <summary>Makes a short frame as long as Ethernet wants, with zeroes, for chips that do not. It is then in one piece.</summary>
    public static void Pad(PacketBuffer frame, PathCounters counters)
    {
        int length = LengthOf(frame);
        if (length >= MinimumFrame)
            return;
        if (frame.Offset > PacketBuffer.Capacity - MinimumFrame)
        {
            ReadOnlySpan<byte> data = frame.Data;
            frame.Offset = PacketBuffer.Capacity - MinimumFrame;
            data.CopyTo(frame.Data);
            counters.Count(PathEvent.CopiedBytes, data.Length);
        }

        int filled = frame.Length;
        PacketBuffer? rest = frame.Next;
        frame.Next = null;
        frame.Length = MinimumFrame;
        for (PacketBuffer? part = rest; part is not null; part = part.Next)
        {
            part.Data.CopyTo(frame.Data[filled..]);
            filled += part.Length;
            counters.Count(PathEvent.CopiedBytes, part.Length);
        }

        frame.Data[filled..].Clear();
        rest?.Release();
    }

    /// <summary>Whether a frame is one that a card can send: no longer than its MTU allows, and in no more than <see cref="MostPieces"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSendable(PacketBuffer frame) => frame.Next is null ? frame.Length <= LongestFrame : IsChainWithin(frame, LongestFrame);

    /// <summary>Whether a frame in several pieces is no longer than <paramref name="longest"/>, and in no more than <see cref="MostPieces"/>.</summary>
    public static bool IsChainWithin(PacketBuffer chain, int longest)
    {
        int pieces = 0;
        for (PacketBuffer? part = chain; part is not null && pieces <= MostPieces; part = part.Next)
            pieces++;
        return pieces <= MostPieces && LengthOf(chain) <= longest;
    }

    /// <summary>The bytes of a frame in all its pieces.</summary>
    public static int LengthOf(PacketBuffer frame)
    {
        int length = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            length += part.Length;
        return length;
    }

    /// <summary>Completes in software the checksum of a frame that the chip cannot.</summary>
    public static void CompleteChecksum(PacketBuffer frame, PathCounters counters)
    {
        ulong sum = 0;
        int skip = frame.ChecksumStart;
        bool odd = false;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            ReadOnlySpan<byte> bytes = part.Data[skip..];
            skip = 0;
            ushort folded = InternetChecksum.Fold(InternetChecksum.Sum(counters, bytes));
            sum += odd ? BinaryPrimitives.ReverseEndianness(folded) : folded; // RFC 1071, 2 (B)
            odd ^= bytes.Length % 2 != 0;
        }

        ushort checksum = (ushort)~InternetChecksum.Fold(sum);
        MemoryMarshal.Write(frame.Data[(frame.ChecksumStart + frame.ChecksumOffset)..], checksum == 0 ? ushort.MaxValue : checksum);
        frame.ChecksumStart = 0;
    }
}
