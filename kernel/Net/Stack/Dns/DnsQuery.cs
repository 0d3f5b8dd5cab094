using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One question, for one name's addresses of one kind, until it is answered or nobody can be asked any more. Its memory is used again.</summary>
/// <remarks>All that it does it does when its timer fires: at a deadline, or at once because something came. So no endpoint is changed while a packet for it is in hand. Each server is asked
/// in turn, three times round, and waited for longer each time.</remarks>
internal sealed partial class DnsQuery
{
    /// <summary>How often each server is asked.</summary>
    public const int Rounds = 3;

    /// <summary>How long the first round waits for a server; the next twice as long.</summary>
    public static readonly Duration FirstTimeout = Duration.FromSeconds(1);

    /// <summary>How long a server is hoped for where none is known, or none can be reached: a machine has its address and its servers some time after it has started.</summary>
    public static readonly Duration Patience = Duration.FromSeconds(10);

    private static readonly Duration s_lookAgain = Duration.FromMilliseconds(50);

    private readonly NetworkStack _stack;
    private readonly DnsResolver _resolver;
    private readonly Timer _timer;
    private readonly DnsName _asked = new();
    private Instant _deadline;
    private Instant _patienceEnd;
    private IpAddress _server;
    private ushort _identifier;
    private int _attempt;
    private int _firstServer;
    private int _servers;
    private int _aliases;

    // For how long the aliases hold that led to the name that is asked for now.
    private int _aliasSeconds;

    public DnsQuery(NetworkStack stack, DnsResolver resolver)
    {
        _stack = stack;
        _resolver = resolver;
        _timer = new Timer(stack.Timers, OnTimer);
        _reading = new Arrival(this);
        _writing = new Arrival(this);
    }

    /// <summary>The next of those that are open, or free.</summary>
    public DnsQuery? Next;

    /// <summary>How many wait for it.</summary>
    public int Users { get; set; }

    /// <summary>Whose addresses are asked for.</summary>
    public DnsName Name { get; } = new();

    /// <summary>Of which kind.</summary>
    public DnsRecordType Type { get; private set; }

    /// <summary>Whether there is an answer, or will be none.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What came of it, once it is done.</summary>
    public DnsAnswer Answer { get; } = new();

    /// <summary>Threads that wait until it is done.</summary>
    public WaitQueue Done { get; } = new();

    private Duration TimeoutOfRound => new(FirstTimeout.Nanoseconds << (_attempt / _servers));

    /// <summary>Begins to ask.</summary>
    public void Begin(DnsName name, DnsRecordType type, Instant now)
    {
        Name.CopyFrom(name);
        _asked.CopyFrom(name);
        Type = type;
        IsDone = false;
        _attempt = 0;
        _aliases = 0;
        _aliasSeconds = int.MaxValue;
        _patienceEnd = now + Patience;
        Ask(now);
    }

    /// <summary>Ends, whether it is done or not.</summary>
    public void End()
    {
        CloseEndpoints(wasAnswered: false);
        _timer.Stop();
    }

    private void OnTimer(Instant now)
    {
        if (_datagrams is not null)
            ReadDatagrams(now);
        else if (_stream is not null)
            StepStream(now);
        if (IsDone)
            return;
        if (now >= _deadline)
            OnDeadline(now);
        else
            _timer.StartBy(_deadline);
    }

    private void OnDeadline(Instant now)
    {
        if (_datagrams is not null || _stream is not null)
        {
            _resolver.Troubles.Count(DnsTrouble.Silent);
            EndAttempt();
        }

        Ask(now);
    }

    /// <summary>Puts the question to the next server.</summary>
    private void Ask(Instant now)
    {
        AddressList servers = _resolver.FindServers();
        if (servers.Count == 0)
        {
            HopeForServer(now);
            return;
        }

        if (_attempt == 0)
            _firstServer = _resolver.FindFirst(in servers);
        _servers = servers.Count;
        if (_attempt / _servers >= Rounds)
        {
            Finish(DnsOutcome.NoAnswer, now);
            return;
        }

        _server = servers[(_firstServer + _attempt) % _servers];
        Expect(now + TimeoutOfRound);
        if (!SendDatagram())
            EndAttempt();
    }

    private void HopeForServer(Instant now)
    {
        if (_stack.InterfaceCount == 0 || now >= _patienceEnd)
            Finish(DnsOutcome.NoAnswer, now);
        else
            Expect(now + s_lookAgain);
    }

    private void Expect(Instant deadline)
    {
        _deadline = deadline;
        _timer.Start(deadline);
    }

    /// <summary>The server is of no use: the next one is asked at once, but a new round begins no sooner than if nobody had answered.</summary>
    private void OnFailure(Instant now)
    {
        Instant roundEnd = Instant.Earlier(_deadline, now + TimeoutOfRound);
        EndAttempt();
        if (_attempt % _servers != 0 || _attempt / _servers >= Rounds)
            Ask(now);
        else
            Expect(roundEnd);
    }

    private void EndAttempt()
    {
        CloseEndpoints(wasAnswered: false);
        _resolver.OnFailure(_server);
        _attempt++;
    }

    /// <summary>Takes a message from the server.</summary>
    /// <returns>False if it is not the answer.</returns>
    private bool Take(ReadOnlySpan<byte> message, Instant now)
    {
        switch (_resolver.Reader.Read(message, _identifier, _asked, Type, Answer))
        {
            case DnsVerdict.Ignored:
                return false;
            case DnsVerdict.Complete:
                Answer.Limit(_aliasSeconds);
                _resolver.OnAnswer(_server);
                Finish(Answer.Outcome, now);
                return true;
            case DnsVerdict.Alias when ++_aliases <= DnsAnswerReader.MostAliases:
                _asked.CopyFrom(_resolver.Reader.Target);
                _aliasSeconds = Math.Min(_aliasSeconds, Answer.TimeToLive);
                CloseEndpoints(wasAnswered: true);
                Ask(now);
                return true;
            case DnsVerdict.Alias:
                _resolver.Troubles.Count(DnsTrouble.TooManyAliases);
                OnFailure(now);
                return true;
            case DnsVerdict.Truncated when _stream is null:
                OpenStream(now);
                return true;
            case DnsVerdict.Truncated:
                _resolver.Troubles.Count(DnsTrouble.Malformed);
                OnFailure(now);
                return true;
            default:
                OnFailure(now);
                return true;
        }
    }

    private void Finish(DnsOutcome outcome, Instant now)
    {
        CloseEndpoints(wasAnswered: outcome != DnsOutcome.NoAnswer);
        _timer.Stop();
        if (outcome == DnsOutcome.NoAnswer)
            Answer.Begin();
        else
            _resolver.Cache.Add(Name, Type, Answer, now);
        IsDone = true;
        Done.WakeAll();
    }
}
