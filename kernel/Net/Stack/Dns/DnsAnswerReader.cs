using System;
using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Reads what a server answers, and believes of it what the question was about.</summary>
/// <remarks>A record counts if its owner is the name that was asked for, or what that is an alias of by another record that counts; one about the zone, if the name lies in that zone. All
/// others are passed over (RFC 2181, 5.4.1; RFC 5452, 6): nothing that was not asked for is learned.</remarks>
internal sealed class DnsAnswerReader(DnsTroubles troubles)
{
    /// <summary>The most aliases on the way to an address.</summary>
    public const int MostAliases = 8;

    private const int LongestPositiveSeconds = 24 * 3600;

    // RFC 2308, 5: one to three hours.
    private const int LongestNegativeSeconds = 3 * 3600;

    // The five numbers of a zone's start; the last is for how long it holds that something is not there.
    private const int StartNumbers = 20;

    private readonly DnsName _owner = new();
    private DnsName _current = new();
    private DnsName _next = new();

    /// <summary>The last name of the chain of aliases.</summary>
    public DnsName Target => _current;

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="identifier">The question's number.</param>
    /// <param name="name">Whose addresses were asked for.</param>
    /// <param name="type">Of which kind.</param>
    /// <param name="answer">What it says, if it is <see cref="DnsVerdict.Complete"/> or an <see cref="DnsVerdict.Alias"/>.</param>
    public DnsVerdict Read(ReadOnlySpan<byte> bytes, ushort identifier, DnsName name, DnsRecordType type, DnsAnswer answer)
    {
        answer.Begin();
        if (!DnsMessage.TryRead(bytes, out DnsMessage message))
            return Ignore(DnsTrouble.Malformed);
        if (message.Identifier != identifier)
            return Ignore(DnsTrouble.WrongIdentifier);
        if (!message.IsResponse)
            return Ignore(DnsTrouble.NotAResponse);
        if (message.Questions != 1 || !message.Asks(name, type, _owner, out int answersAt))
            return Ignore(DnsTrouble.WrongQuestion);
        if (message.IsTruncated)
            return DnsVerdict.Truncated;
        if (message.Code is not (DnsResponseCode.NoError or DnsResponseCode.NameError))
            return Fail(DnsTrouble.ServerFailure);
        if (!AreWhole(message, answersAt, out int authoritiesAt))
            return Fail(DnsTrouble.Malformed);
        _current.CopyFrom(name);
        return Follow(message, answersAt, authoritiesAt, type, answer);
    }

    // What a message claims to have is there, before any of it is believed.
    private bool AreWhole(DnsMessage message, int at, out int authoritiesAt)
    {
        authoritiesAt = at;
        for (int i = 0; i < message.Answers + message.Authorities; i++)
        {
            if (i == message.Answers)
                authoritiesAt = at;
            if (!message.TryReadRecord(ref at, _owner, out _))
                return false;
        }

        return true;
    }

    private DnsVerdict Follow(DnsMessage message, int answersAt, int authoritiesAt, DnsRecordType type, DnsAnswer answer)
    {
        int believed = 0;
        int aliases = 0;
        while (true)
        {
            bool isAlias = false;
            int at = answersAt;
            for (int i = 0; i < message.Answers; i++)
            {
                message.TryReadRecord(ref at, _owner, out DnsRecord record);
                if (!record.IsInternet || !_owner.Is(_current))
                    continue;
                believed++;
                if (record.Type == DnsRecordType.CanonicalName && !isAlias)
                {
                    int target = record.DataAt;
                    if (!message.TryReadName(in record, ref target, _next))
                        return Fail(DnsTrouble.Malformed);
                    isAlias = true;
                    answer.Limit(record.TimeToLive);
                }
                else if (record.Type == type && !TryAdd(message, in record, answer))
                {
                    return Fail(DnsTrouble.Malformed);
                }
            }

            if (answer.Count != 0 || !isAlias)
                break;
            if (++aliases > MostAliases)
                return Fail(DnsTrouble.TooManyAliases);
            (_current, _next) = (_next, _current);
        }

        if (message.Answers > believed)
            troubles.Count(DnsTrouble.OutOfBailiwick, message.Answers - believed);
        return Conclude(message, authoritiesAt, aliases != 0, answer);
    }

    private static bool TryAdd(DnsMessage message, in DnsRecord record, DnsAnswer answer)
    {
        const int Ipv4Size = 4;
        const int Ipv6Size = 16;
        ReadOnlySpan<byte> data = message.DataOf(in record);
        if (data.Length != (record.Type == DnsRecordType.A ? Ipv4Size : Ipv6Size))
            return false;
        IpAddress address = data.Length == Ipv4Size ? IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(data)) : IpAddress.Read(data);

        // An IPv4 address in IPv6's form is none that anything could be sent to by IPv6.
        if (data.Length == Ipv6Size && address.IsIpv4)
            return false;
        answer.Add(address);
        answer.Limit(record.TimeToLive);
        return true;
    }

    private DnsVerdict Conclude(DnsMessage message, int authoritiesAt, bool wasAlias, DnsAnswer answer)
    {
        if (message.Code == DnsResponseCode.NoError && answer.Count != 0)
        {
            answer.Outcome = DnsOutcome.Found;
            answer.Limit(LongestPositiveSeconds);
            return DnsVerdict.Complete;
        }

        if (answer.Count != 0)
            return Fail(DnsTrouble.Malformed);
        bool isSettled = TryReadStart(message, authoritiesAt, answer);
        answer.Outcome = message.Code == DnsResponseCode.NameError ? DnsOutcome.NoName : DnsOutcome.NoData;

        // A server that does not follow an alias says nothing of its target.
        if (wasAlias && !isSettled && answer.Outcome == DnsOutcome.NoData)
            return DnsVerdict.Alias;
        answer.Limit(isSettled ? LongestNegativeSeconds : 0);
        return DnsVerdict.Complete;
    }

    /// <summary>Finds the start of the zone that the name would be in, which says for how long it is not there (RFC 2308, 5).</summary>
    private bool TryReadStart(DnsMessage message, int at, DnsAnswer answer)
    {
        for (int i = 0; i < message.Authorities; i++)
        {
            message.TryReadRecord(ref at, _owner, out DnsRecord record);
            if (!record.IsInternet || record.Type != DnsRecordType.StartOfAuthority)
                continue;
            if (!_current.IsWithin(_owner))
            {
                troubles.Count(DnsTrouble.OutOfBailiwick);
                continue;
            }

            int end = record.DataAt;
            if (!message.TryReadName(in record, ref end, _next) || !message.TryReadName(in record, ref end, _next)
                || record.DataAt + record.DataLength - end != StartNumbers)
            {
                troubles.Count(DnsTrouble.Malformed);
                continue;
            }

            answer.Limit(record.TimeToLive);
            answer.Limit(Math.Max(BinaryPrimitives.ReadInt32BigEndian(message.DataOf(in record)[^sizeof(int)..]), 0));
            return true;
        }

        return false;
    }

    private DnsVerdict Ignore(DnsTrouble why)
    {
        troubles.Count(why);
        return DnsVerdict.Ignored;
    }

    private DnsVerdict Fail(DnsTrouble why)
    {
        troubles.Count(why);
        return DnsVerdict.Failed;
    }
}
