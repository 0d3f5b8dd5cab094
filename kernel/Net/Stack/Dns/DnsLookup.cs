using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What an application asks for: the addresses of a name, of one kind or of both, which are asked for at the same time. Its memory is used again.</summary>
/// <remarks>A name of one label is looked for in each of the network's domains, and then as it is. <c>localhost</c> and what looks like an address are answered here (RFC 6761, 6.3).</remarks>
internal sealed class DnsLookup(NetworkStack stack, DnsResolver resolver)
{
    private readonly DnsName _name = new();
    private readonly Part _ipv4 = new(DnsRecordType.A);
    private readonly Part _ipv6 = new(DnsRecordType.Aaaa);
    private string _host = "";
    private int _domain;
    private bool _wasAskedAsItIs;
    private bool _isNameThere;
    private bool _ipv6First;

    /// <summary>The next of those that are free.</summary>
    public DnsLookup? NextFree;

    /// <summary>What came of it, once it is finished.</summary>
    public DnsOutcome Outcome { get; private set; }

    /// <summary>How many addresses there are.</summary>
    public int Count => Outcome == DnsOutcome.Found ? _ipv4.Answer.Count + _ipv6.Answer.Count : 0;

    /// <summary>An address, in the order in which they are best tried: IPv6 first where it leads anywhere (RFC 6724, loosely).</summary>
    public IpAddress this[int index]
    {
        get
        {
            ReadOnlySpan<IpAddress> first = (_ipv6First ? _ipv6 : _ipv4).Answer.Addresses;
            ReadOnlySpan<IpAddress> second = (_ipv6First ? _ipv4 : _ipv6).Answer.Addresses;
            return index < first.Length ? first[index] : second[index - first.Length];
        }
    }

    /// <summary>Where to wait until <see cref="TryFinish"/> has something to do.</summary>
    public WaitQueue Pending => _ipv4.Query is { IsDone: false } query ? query.Done : _ipv6.Query!.Done;

    private bool IsDone => _ipv4.IsDone && _ipv6.IsDone;

    /// <summary>Begins.</summary>
    /// <param name="host">A name, or an address as people write it.</param>
    /// <param name="ipv4">Whether IPv4 addresses are wanted.</param>
    /// <param name="ipv6">Whether IPv6 addresses are wanted.</param>
    public void Begin(string host, bool ipv4, bool ipv6)
    {
        Outcome = DnsOutcome.NoName;
        _host = host;
        _domain = 0;
        _isNameThere = false;
        _ipv6First = false;
        _ipv4.Begin(ipv4);
        _ipv6.Begin(ipv6);
        _wasAskedAsItIs = false;
        if (IpAddress.TryParse(host, out IpAddress literal))
        {
            AnswerHere(literal.IsIpv4 ? literal : null, literal.IsIpv4 ? null : literal);
        }
        else if (_name.TryParse(host))
        {
            if (IsLocalHost(_name))
                AnswerHere(IpAddress.FromIpv4(0x7f00_0001), new IpAddress(0, 1));
            else
                OpenNext();
        }
    }

    /// <summary>Goes on as far as is possible without waiting.</summary>
    /// <returns>Whether it is finished.</returns>
    public bool TryFinish()
    {
        while (IsDone)
        {
            if (!_ipv4.IsOpen && !_ipv6.IsOpen)
                return true;
            TakeAnswers();
        }

        return false;
    }

    /// <summary>Gives it back; the caller does not use it any more.</summary>
    public void Close()
    {
        _ipv4.Release(resolver);
        _ipv6.Release(resolver);
        resolver.Recycle(this);
    }

    /// <summary>Asks for the name in the next domain, if it has one label, and then as it is. A machine that has just started may learn of its domains after that: they are asked for
    /// then.</summary>
    private void OpenNext()
    {
        bool isComplete = _host.AsSpan().IndexOf('.') >= 0;
        while (!isComplete && resolver.TryFindDomain(_domain, out ReadOnlySpan<byte> domain))
        {
            _domain++;
            if (!_name.TryParse(_host, domain.TrimEnd((byte)'.')))
                continue;
            Open();
            return;
        }

        if (_wasAskedAsItIs)
            return;
        _wasAskedAsItIs = true;
        _name.TryParse(_host);
        Open();
    }

    private void Open()
    {
        Instant now = stack.ReadClock();
        if (!_ipv4.TryOpen(resolver, _name, now) || !_ipv6.TryOpen(resolver, _name, now))
        {
            _ipv4.Release(resolver);
            _ipv6.Release(resolver);
            Outcome = DnsOutcome.TooMany;
        }
    }

    private void TakeAnswers()
    {
        _ipv4.Take(resolver);
        _ipv6.Take(resolver);
        DnsOutcome outcome = Better(_ipv4.Answer.Outcome, _ipv6.Answer.Outcome);
        _isNameThere |= outcome == DnsOutcome.NoData;
        Outcome = outcome == DnsOutcome.NoName && _isNameThere ? DnsOutcome.NoData : outcome;
        if (outcome == DnsOutcome.Found)
            _ipv6First = _ipv6.Answer.Count != 0 && stack.Reaches(_ipv6.Answer.Addresses[0]);
        else if (outcome is not DnsOutcome.NoAnswer)
            OpenNext();
    }

    // That nobody answered of one kind says more than that there is nothing of the other.
    private static DnsOutcome Better(DnsOutcome a, DnsOutcome b)
    {
        if (a == DnsOutcome.Found || b == DnsOutcome.Found)
            return DnsOutcome.Found;
        if (a == DnsOutcome.NoAnswer || b == DnsOutcome.NoAnswer)
            return DnsOutcome.NoAnswer;
        return a == DnsOutcome.NoData || b == DnsOutcome.NoData ? DnsOutcome.NoData : DnsOutcome.NoName;
    }

    private void AnswerHere(IpAddress? ipv4, IpAddress? ipv6)
    {
        _ipv4.AnswerHere(ipv4);
        _ipv6.AnswerHere(ipv6);
        Outcome = _ipv4.Answer.Count + _ipv6.Answer.Count != 0 ? DnsOutcome.Found : DnsOutcome.NoData;
    }

    private static bool IsLocalHost(DnsName name) => name.Bytes.EndsWith("\tlocalhost\0"u8);

    /// <summary>The addresses of one kind.</summary>
    private sealed class Part(DnsRecordType type)
    {
        private bool _isWanted;

        public DnsAnswer Answer { get; } = new();

        /// <summary>The question that is open; null if there is none.</summary>
        public DnsQuery? Query { get; private set; }

        /// <summary>Whether the answer was there already.</summary>
        private bool _isCached;

        public bool IsOpen => Query is not null || _isCached;

        public bool IsDone => Query is not { IsDone: false };

        public void Begin(bool isWanted)
        {
            _isWanted = isWanted;
            _isCached = false;
            Answer.Begin();
            Answer.Outcome = DnsOutcome.NoName;
        }

        public bool TryOpen(DnsResolver resolver, DnsName name, Instant now)
        {
            if (!_isWanted)
                return true;
            if (resolver.Cache.Find(name, type, now) is { } known)
            {
                Answer.CopyFrom(known);
                _isCached = true;
                return true;
            }

            Query = resolver.Open(name, type, now);
            return Query is not null;
        }

        public void Take(DnsResolver resolver)
        {
            if (Query is not null)
                Answer.CopyFrom(Query.Answer);
            Release(resolver);
        }

        public void Release(DnsResolver resolver)
        {
            if (Query is { } query)
                resolver.Release(query);
            Query = null;
            _isCached = false;
        }

        public void AnswerHere(IpAddress? address)
        {
            if (_isWanted && address is { } given)
                Answer.Add(given);
        }
    }
}
