using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Reads a resolver's questions and writes a server's answers, byte by byte from RFC 1035, apart from the code under test.</summary>
internal static class DnsServer
{
    public const ushort A = 1;
    public const ushort CanonicalName = 5;
    public const ushort StartOfAuthority = 6;
    public const ushort Aaaa = 28;
    public const ushort Response = 0x8180;
    public const ushort Truncated = 0x8380;
    public const ushort ServerFailure = 0x8182;
    public const ushort NameError = 0x8183;

    /// <summary>The name in a question is always here.</summary>
    public static readonly byte[] QuestionName = [0xc0, 12];

    public sealed record Question(ushort Identifier, string Name, ushort Type, byte[] Bytes);

    public static Question Read(byte[] message)
    {
        Assert.Equal(0x0100, BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2)));
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 0], message[4..12]);
        List<string> labels = [];
        int at = 12;
        for (; message[at] != 0; at += 1 + message[at])
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        Assert.Equal(1, BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 3)));
        Assert.Equal(at + 5, message.Length);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 1));
        return new Question(BinaryPrimitives.ReadUInt16BigEndian(message), string.Join('.', labels), type, message[12..]);
    }

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public static byte[] Record(byte[] owner, ushort type, uint timeToLive, byte[] data) =>
        [.. owner, .. Bytes(type), 0, 1, .. Bytes(timeToLive), .. Bytes((ushort)data.Length), .. data];

    public static byte[] Address(byte[] owner, string address, uint timeToLive = 300)
    {
        byte[] bytes = System.Net.IPAddress.Parse(address).GetAddressBytes();
        return Record(owner, bytes.Length == 4 ? A : Aaaa, timeToLive, bytes);
    }

    public static byte[] Alias(byte[] owner, byte[] target, uint timeToLive = 300) => Record(owner, CanonicalName, timeToLive, target);

    public static byte[] Start(string zone, uint timeToLive, uint minimum) => Record(
        Name(zone), StartOfAuthority, timeToLive,
        [.. Name("ns." + zone), .. Name("admin." + zone), .. Bytes(1u), .. Bytes(2u), .. Bytes(3u), .. Bytes(4u), .. Bytes(minimum)]);

    public static byte[] Answer(Question question, params byte[][] answers) => Message(question.Identifier, Response, question.Bytes, answers, []);

    public static byte[] Denial(Question question, ushort flags, params byte[][] authorities) => Message(question.Identifier, flags, question.Bytes, [], authorities);

    public static byte[] Message(ushort identifier, ushort flags, byte[] question, byte[][] answers, byte[][] authorities) =>
        [.. Bytes(identifier), .. Bytes(flags), 0, 1, .. Bytes((ushort)answers.Length), .. Bytes((ushort)authorities.Length), 0, 0, .. question, .. answers.SelectMany(each => each),
            .. authorities.SelectMany(each => each)];

    private static byte[] Bytes(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Bytes(uint value) => [.. Bytes((ushort)(value >> 16)), .. Bytes((ushort)value)];
}
