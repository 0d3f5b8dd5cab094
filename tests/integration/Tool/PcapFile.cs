using System;
using System.Buffers.Binary;
using System.Collections.Generic;
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
    public static int CountFrames(string file) => ReadFrames(file).Count;

    /// <summary>The frames of such a file.</summary>
    public static IReadOnlyList<byte[]> ReadFrames(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Assert.Equal((Magic, Ethernet), (Word(bytes, 0), Word(bytes, 20)));
        List<byte[]> frames = [];
        int at = FileHeader;
        while (at + RecordHeader <= bytes.Length)
        {
            int length = (int)Word(bytes, at + 8);
            frames.Add(bytes.AsSpan(at + RecordHeader, length).ToArray());
            at += RecordHeader + length;
        }

        Assert.Equal(bytes.Length, at);
        return frames;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
