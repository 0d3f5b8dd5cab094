using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>A message of the domain name system (RFC 1035, 4.1): its header, and the way through its records.</summary>
public readonly ref struct DnsMessage
{
    /// <summary>The port of servers.</summary>
    public const ushort ServerPort = 53;

    /// <summary>The longest message by UDP for who does not say that it takes longer ones (RFC 1035, 4.2.1): this one never says so.</summary>
    public const int LongestDatagram = 512;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 12;

    private const ushort ResponseFlag = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort RecursionDesiredFlag = 0x0100;
    private const ushort ResponseCodeMask = 0x000f;
    private const int QuestionEnd = 4;
    private const int RecordSize = 10;
    private const ushort InternetClass = 1;

    private readonly ReadOnlySpan<byte> _bytes;

    private DnsMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The number by which an answer is known.</summary>
    public ushort Identifier => Word(0);

    /// <summary>Whether it answers a standard question.</summary>
    public bool IsResponse => (Word(2) & (ResponseFlag | OpcodeMask)) == ResponseFlag;

    /// <summary>Whether there is more than fits: the same question is to be asked by TCP.</summary>
    public bool IsTruncated => (Word(2) & TruncatedFlag) != 0;

    /// <summary>What the server says of the question.</summary>
    public DnsResponseCode Code => (DnsResponseCode)(Word(2) & ResponseCodeMask);

    /// <summary>How many questions there are, as it says.</summary>
    public int Questions => Word(4);

    /// <summary>How many records answer, as it says.</summary>
    public int Answers => Word(6);

    /// <summary>How many records there are about the zone, as it says.</summary>
    public int Authorities => Word(8);

    /// <summary>Reads a message's header.</summary>
    /// <returns>False if it is shorter than that.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage message)
    {
        message = new DnsMessage(bytes);
        return bytes.Length >= HeaderSize;
    }

    /// <summary>Writes a question, which the server is to follow up by itself.</summary>
    /// <param name="bytes">At least <see cref="LongestDatagram"/> bytes.</param>
    /// <param name="identifier">The number by which the answer will be known.</param>
    /// <param name="name">Whose records.</param>
    /// <param name="type">Which.</param>
    /// <returns>Its length.</returns>
    public static int WriteQuestion(Span<byte> bytes, ushort identifier, DnsName name, DnsRecordType type)
    {
        bytes[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, identifier);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], RecursionDesiredFlag);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], 1);
        name.Bytes.CopyTo(bytes[HeaderSize..]);
        int at = HeaderSize + name.Bytes.Length;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(at + 2)..], InternetClass);
        return at + QuestionEnd;
    }

    /// <summary>Whether the first question is this one.</summary>
    /// <param name="name">Whose records it must be for.</param>
    /// <param name="type">For which records.</param>
    /// <param name="scratch">Is written over.</param>
    /// <param name="end">Where what is behind the question begins.</param>
    public bool Asks(DnsName name, DnsRecordType type, DnsName scratch, out int end)
    {
        end = HeaderSize;
        if (!scratch.TryRead(_bytes, ref end) || _bytes.Length - end < QuestionEnd)
            return false;
        bool isSame = scratch.Is(name) && Word(end) == (ushort)type && Word(end + 2) == InternetClass;
        end += QuestionEnd;
        return isSame;
    }

    /// <summary>Reads a record.</summary>
    /// <param name="at">Where it begins; then, where the next one does.</param>
    /// <param name="owner">Becomes what it is about.</param>
    /// <param name="record">What it says.</param>
    /// <returns>False if it makes no sense, or is not all there.</returns>
    public bool TryReadRecord(ref int at, DnsName owner, out DnsRecord record)
    {
        record = default;
        if (!owner.TryRead(_bytes, ref at) || _bytes.Length - at < RecordSize)
            return false;
        int length = Word(at + 8);
        int data = at + RecordSize;
        int timeToLive = Math.Max(BinaryPrimitives.ReadInt32BigEndian(_bytes[(at + 4)..]), 0);
        record = new DnsRecord((DnsRecordType)Word(at), Word(at + 2) == InternetClass, timeToLive, data, length);
        at = data + length;
        return at <= _bytes.Length;
    }

    /// <summary>A record's data.</summary>
    public ReadOnlySpan<byte> DataOf(in DnsRecord record) => _bytes.Slice(record.DataAt, record.DataLength);

    /// <summary>Reads a name that is a record's data, from a place in it on.</summary>
    /// <param name="record">The record.</param>
    /// <param name="at">Where in the message the name begins; then, where what is behind it begins.</param>
    /// <param name="name">Becomes the name.</param>
    /// <returns>False if it makes no sense, or goes on behind the record.</returns>
    public bool TryReadName(in DnsRecord record, ref int at, DnsName name) =>
        name.TryRead(_bytes, ref at) && at <= record.DataAt + record.DataLength;

    private ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
}
