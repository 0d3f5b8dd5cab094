using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Answers, for as long as they hold: also that a name is not there, or has nothing of a kind (RFC 2308). Of a fixed size: whoever makes a program ask for names by the thousand makes
/// it forget names, and no more.</summary>
internal sealed class DnsCache
{
    /// <summary>The answers that there is room for.</summary>
    public const int Capacity = 64;

    private readonly DnsCacheEntry[] _entries = new DnsCacheEntry[Capacity];
    private long _uses;

    /// <summary>Makes an empty one.</summary>
    public DnsCache()
    {
        for (int i = 0; i < Capacity; i++)
            _entries[i] = new DnsCacheEntry();
    }

    /// <summary>Finds an answer that holds.</summary>
    /// <returns>Null if there is none.</returns>
    public DnsAnswer? Find(DnsName name, DnsRecordType type, Instant now)
    {
        foreach (DnsCacheEntry entry in _entries)
        {
            if (entry.Until <= now || entry.Type != type || !entry.Name.Is(name))
                continue;
            entry.LastUse = ++_uses;
            return entry.Answer;
        }

        return null;
    }

    /// <summary>Takes note of an answer, in the place of one that holds no longer, or of the one that was of no use for the longest time.</summary>
    public void Add(DnsName name, DnsRecordType type, DnsAnswer answer, Instant now)
    {
        if (answer.TimeToLive <= 0)
            return;
        DnsCacheEntry place = _entries[0];
        foreach (DnsCacheEntry entry in _entries)
        {
            if (entry.Type == type && entry.Name.Is(name))
            {
                place = entry;
                break;
            }

            if (place.Until > now && (entry.Until <= now || entry.LastUse < place.LastUse))
                place = entry;
        }

        place.Name.CopyFrom(name);
        place.Type = type;
        place.Answer.CopyFrom(answer);
        place.Until = now + Duration.FromSeconds(answer.TimeToLive);
        place.LastUse = ++_uses;
    }

    /// <summary>Forgets all: the network is another one.</summary>
    public void Clear()
    {
        foreach (DnsCacheEntry entry in _entries)
            entry.Until = Instant.Zero;
    }
}
