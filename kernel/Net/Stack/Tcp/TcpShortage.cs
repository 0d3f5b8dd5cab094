using System;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Gives up connections that keep buffers for nothing while others have none: peers that never read or acknowledge, and those who send to applications that do not
/// read (RFC 6429, 4: a host whose resources are short may).</summary>
/// <remarks>A window may be shut for ever (RFC 9293, MUST-37) while there is memory. It is short once somebody asks for what is reserved for first buffers
/// (PacketPool.Budget.cs). All connections are looked at then, ten times a second, and those that have stood longest go first, until it is not short any more.</remarks>
internal sealed class TcpShortage
{
    /// <summary>For how long a connection may stand whose peer or whose application does not take what is there.</summary>
    public static readonly Duration Patience = Duration.FromSeconds(1);

    /// <summary>For how long one may stand whose peer says nothing: its segments may be lost, or it waits to send again after an outage.</summary>
    public static readonly Duration PatienceWithSilence = Duration.FromSeconds(30);

    private const int MostAtOnce = 16;

    private static readonly Duration s_interval = Duration.FromMilliseconds(100);
    private static readonly Duration s_quiet = Duration.FromSeconds(1);

    private readonly TcpConnections _tcp;
    private readonly Timer _timer;

    // Those that have stood longest, the longest first.
    private readonly TcpEndpoint?[] _worst = new TcpEndpoint?[MostAtOnce];
    private readonly Duration[] _stalls = new Duration[MostAtOnce];
    private int _count;

    private Instant _lookedAt;
    private Instant _lastArrival;
    private Instant _heard;

    /// <summary>Makes it.</summary>
    public TcpShortage(TcpConnections tcp)
    {
        _tcp = tcp;
        _timer = new Timer(tcp.Stack.Timers, OnDue);
    }

    /// <summary>Somebody asks for what is reserved.</summary>
    public void Begin()
    {
        if (_timer.IsStarted)
            return;
        _lookedAt = _tcp.Stack.Now;
        _timer.Start(_lookedAt + s_interval);
    }

    private void OnDue(Instant now)
    {
        bool anyShort = false;
        for (int i = 0; i < _tcp.Stack.InterfaceCount; i++)
            anyShort |= IsShort(_tcp.Stack[i].Pool);
        if (!anyShort)
            return;
        FindWorst(now);
        for (int i = 0; i < _count; i++)
        {
            TcpEndpoint endpoint = _worst[i]!;
            if (endpoint.KeptPool is { } pool && IsShort(pool))
                endpoint.GiveUp();
        }

        Array.Clear(_worst);
        _timer.Start(now + s_interval);
    }

    private static bool IsShort(PacketPool pool) => Wants(pool, pool.RoomToSend) || Wants(pool, pool.RoomToReceive);

    private static bool Wants(PacketPool pool, int room) => room <= pool.FirstBuffersReserve;

    private void FindWorst(Instant now)
    {
        _count = 0;
        foreach (Endpoint? first in _tcp.Table.Flows)
        {
            for (Endpoint? at = first; at is not null; at = at.NextInFlows)
            {
                if (at is TcpEndpoint endpoint && endpoint.KeptPool is { } pool)
                    Judge(endpoint, pool);
            }
        }

        // Nobody is heard of: the network is away, and that is nobody's fault.
        if (now - _lastArrival <= s_quiet)
            _heard += now - _lookedAt;
        _lookedAt = now;
    }

    private void Judge(TcpEndpoint endpoint, PacketPool pool)
    {
        if (endpoint.LastArrival > _lastArrival)
            _lastArrival = endpoint.LastArrival;
        Duration stall = endpoint.StallOf(Wants(pool, pool.RoomToSend), Wants(pool, pool.RoomToReceive), _heard);
        if (stall == Duration.Zero || (_count == MostAtOnce && stall <= _stalls[^1]))
            return;
        int place = _count == MostAtOnce ? MostAtOnce - 1 : _count++;
        for (; place > 0 && _stalls[place - 1] < stall; place--)
        {
            Reference.Set(ref _worst[place], _worst[place - 1]);
            _stalls[place] = _stalls[place - 1];
        }

        Reference.Set(ref _worst[place], endpoint);
        _stalls[place] = stall;
    }
}
