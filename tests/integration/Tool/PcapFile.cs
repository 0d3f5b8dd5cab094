using System;
using System.Buffers.Binary;
using System.IO;

namespace Guest.Integration.Tests.Tool;

/// <summary>What tcpdump and Wireshark ask of a file of frames (draft-ietf-opsawg-pcap, 4 and 5).</summary>
internal static class PcapFile
{
    private const uint Magic = 0xa1b2c3d4;
    private const uint Ethernet = 1;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;

    /// <summary>Counts the frames of a file that is whole: header and records, and nothing behind the last.</summary>
    public static int CountFrames(string file)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
        Assert.Equal((Magic, Ethernet), (Word(bytes, 0), Word(bytes, 20)));
        int frames = 0;
        int at = FileHeader;
        for (; at + RecordHeader <= bytes.Length; at += RecordHeader + (int)Word(bytes, at + 8))
            frames++;
        Assert.Equal(bytes.Length, at);
        return frames;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
