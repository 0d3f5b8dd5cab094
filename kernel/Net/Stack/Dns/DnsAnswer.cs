using System;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What is known of a name's addresses of one kind. Its memory is used again.</summary>
internal sealed class DnsAnswer
{
    /// <summary>The addresses that there is room for: servers with more give them in turn.</summary>
    public const int Capacity = 8;

    private readonly IpAddress[] _addresses = new IpAddress[Capacity];

    /// <summary>Whether there are addresses, or what there is instead.</summary>
    public DnsOutcome Outcome { get; set; }

    /// <summary>For how many seconds it holds; 0 for this question alone.</summary>
    public int TimeToLive { get; set; }

    /// <summary>The addresses, in the server's order.</summary>
    public ReadOnlySpan<IpAddress> Addresses => _addresses.AsSpan(0, Count);

    /// <summary>How many addresses there are.</summary>
    public int Count { get; private set; }

    /// <summary>Knows nothing again.</summary>
    public void Begin()
    {
        Outcome = DnsOutcome.NoAnswer;
        TimeToLive = int.MaxValue;
        Count = 0;
    }

    /// <summary>Adds an address, if there is room for it.</summary>
    public void Add(IpAddress address)
    {
        if (Count < Capacity)
            _addresses[Count++] = address;
    }

    /// <summary>Lets it hold no longer than for so many seconds.</summary>
    public void Limit(int seconds) => TimeToLive = Math.Min(TimeToLive, seconds);

    /// <summary>Takes over another one.</summary>
    public void CopyFrom(DnsAnswer other)
    {
        Outcome = other.Outcome;
        TimeToLive = other.TimeToLive;
        Count = other.Count;
        other.Addresses.CopyTo(_addresses);
    }
}
