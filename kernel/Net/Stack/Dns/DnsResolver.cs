using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Finds the addresses of names by asking name servers (RFC 1035, 2181, 2308, 3596, 5452, 7766): what is one for the stack.</summary>
/// <remarks>A stub: the servers do the work, and are believed no further than a question goes. See docs/decisions/0066.</remarks>
public sealed class DnsResolver
{
    /// <summary>The most questions that are open at a time.</summary>
    public const int MostQueries = 32;

    private const int LongestMessage = 4096;

    private readonly NetworkStack _stack;
    private DnsQuery? _open;
    private DnsQuery? _freeQueries;
    private DnsLookup? _freeLookups;
    private int _openCount;

    // The server that answered last: one that is silent is not waited for each time.
    private IpAddress _preferred;

    internal DnsResolver(NetworkStack stack)
    {
        _stack = stack;
        Reader = new DnsAnswerReader(Troubles);
    }

    /// <summary>What went wrong so far.</summary>
    public DnsTroubles Troubles { get; } = new();

    /// <summary>Questions that were put to servers, each time anew.</summary>
    public long Sent { get; internal set; }

    /// <summary>What is known.</summary>
    internal DnsCache Cache { get; } = new();

    /// <summary>Reads messages, one at a time.</summary>
    internal DnsAnswerReader Reader { get; }

    /// <summary>Where a message lies while it is read.</summary>
    internal byte[] Message { get; } = new byte[LongestMessage];

    /// <summary>Takes one for a name, or makes it; <see cref="DnsLookup.Close"/> gives it back.</summary>
    internal DnsLookup CreateLookup()
    {
        if (_freeLookups is not { } lookup)
            return new DnsLookup(_stack, this);
        _freeLookups = lookup.NextFree;
        lookup.NextFree = null;
        return lookup;
    }

    internal void Recycle(DnsLookup lookup)
    {
        lookup.NextFree = _freeLookups;
        _freeLookups = lookup;
    }

    /// <summary>Asks, or finds that the same is being asked: no question is open twice, so that nobody has two chances to guess one (RFC 5452, 5).</summary>
    /// <returns>Null if too many questions are open.</returns>
    internal DnsQuery? Open(DnsName name, DnsRecordType type, Instant now)
    {
        for (DnsQuery? same = _open; same is not null; same = same.Next)
        {
            if (same.Type != type || !same.Name.Is(name))
                continue;
            same.Users++;
            return same;
        }

        if (_openCount == MostQueries)
            return null;
        DnsQuery query = _freeQueries ?? new DnsQuery(_stack, this);
        _freeQueries = query.Next;
        query.Next = _open;
        _open = query;
        _openCount++;
        query.Users = 1;
        query.Begin(name, type, now);
        return query;
    }

    /// <summary>Says that one of its users needs a question no more.</summary>
    internal void Release(DnsQuery query)
    {
        if (--query.Users != 0)
            return;
        query.End();
        Unlink(query);
        query.Next = _freeQueries;
        _freeQueries = query;
    }

    /// <summary>The servers that can be reached: those that the kernel option <c>dns=</c> names if it does, else those that DHCP servers and routers name.</summary>
    internal AddressList FindServers()
    {
        AddressList servers = default;
        bool areFixed = false;
        for (int i = 0; i < _stack.InterfaceCount; i++)
            areFixed |= _stack[i].FixedNameServers.Count != 0;
        for (int i = 0; i < _stack.InterfaceCount; i++)
        {
            AddressList named = areFixed ? _stack[i].FixedNameServers : _stack[i].NameServers;
            for (int server = 0; server < named.Count; server++)
            {
                if (_stack.Reaches(named[server]))
                    servers.Add(named[server]);
            }
        }

        return servers;
    }

    /// <summary>Which of the servers is asked first.</summary>
    internal int FindFirst(in AddressList servers)
    {
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i] == _preferred)
                return i;
        }

        return 0;
    }

    internal void OnAnswer(IpAddress server) => _preferred = server;

    internal void OnFailure(IpAddress server)
    {
        if (_preferred == server)
            _preferred = default;
    }

    /// <summary>The domains in which names of one label are looked for, in their order.</summary>
    /// <param name="index">Which.</param>
    /// <param name="domain">The domain, in ASCII.</param>
    /// <returns>False if there are no more.</returns>
    internal bool TryFindDomain(int index, out ReadOnlySpan<byte> domain)
    {
        domain = default;
        for (int i = 0; i < _stack.InterfaceCount; i++)
        {
            NetworkSettings settings = _stack[i].Settings;
            ReadOnlySpan<byte> list = settings.SearchDomains.IsEmpty ? settings.Domain : settings.SearchDomains;
            while (!list.IsEmpty)
            {
                int space = list.IndexOf((byte)' ');
                domain = space < 0 ? list : list[..space];
                list = space < 0 ? default : list[(space + 1)..];
                if (index-- == 0)
                    return true;
            }
        }

        return false;
    }

    private void Unlink(DnsQuery query)
    {
        ref DnsQuery? at = ref _open;
        while (at != query)
            at = ref at!.Next;
        at = query.Next;
        _openCount--;
    }
}
