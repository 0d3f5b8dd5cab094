namespace Guest.Net.Wire;

/// <summary>A record but for its owner (RFC 1035, 4.1.3).</summary>
/// <param name="Type">What it says.</param>
/// <param name="IsInternet">Whether it is of the Internet's class, the only one in use.</param>
/// <param name="TimeToLive">For how many seconds it holds; 0 for what has the highest bit set (RFC 2181, 8).</param>
/// <param name="DataAt">Where in the message its data begins.</param>
/// <param name="DataLength">The data's bytes, which are all in the message.</param>
public readonly record struct DnsRecord(DnsRecordType Type, bool IsInternet, int TimeToLive, int DataAt, int DataLength);
