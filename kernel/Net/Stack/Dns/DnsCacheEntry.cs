using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What was answered to one question.</summary>
internal sealed class DnsCacheEntry
{
    /// <summary>Whose addresses were asked for.</summary>
    public DnsName Name { get; } = new();

    /// <summary>Of which kind.</summary>
    public DnsRecordType Type { get; set; }

    /// <summary>The answer.</summary>
    public DnsAnswer Answer { get; } = new();

    /// <summary>Until when it holds.</summary>
    public Instant Until { get; set; } = Instant.Zero;

    /// <summary>When it was of use last, in questions since the beginning.</summary>
    public long LastUse { get; set; }
}
