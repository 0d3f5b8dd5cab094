using System;
using System.Net.Sockets;

namespace Web;

/// <summary>All connections, and how long each may take over what it is at: no client keeps one for ever, however slowly it sends or takes.</summary>
internal sealed class ConnectionTimes(long patience)
{
    // Of the patience for a request: what a connection may do nothing for, and take over an answer. The longest answer goes at a kilobyte a second.
    private const int IdleShare = 3;
    private const int AnswerShare = 15;
    private const long MicrosecondsPerMillisecond = 1000;

    private readonly ConnectionList _idle = new(patience * IdleShare);
    private readonly ConnectionList _requesting = new(patience);
    private readonly ConnectionList _answering = new(patience * AnswerShare);
    private readonly ConnectionList _ending = new(patience);
    private HttpConnection? _spare;

    // The time as it was read in this turn, between two waits.
    private long _now;
    private bool _isNow;

    /// <summary>How many connections there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one that is missed least: one that does nothing, if there is one, and of those the one that has done so longest.</summary>
    public HttpConnection? Dispensable => _idle.Oldest ?? _ending.Oldest ?? _requesting.Oldest ?? _answering.Oldest;

    /// <summary>Adds one.</summary>
    public HttpConnection Begin(Socket socket)
    {
        HttpConnection connection = _spare ?? new HttpConnection();
        _spare = connection.Older;
        connection.Begin(socket);
        Count++;
        _idle.Add(connection, Clock.Milliseconds);
        return connection;
    }

    /// <summary>Takes one away.</summary>
    public void End(HttpConnection connection)
    {
        connection.List!.Remove(connection);
        Count--;
        connection.Older = _spare;
        _spare = connection;
    }

    /// <summary>Takes note of what a connection is at. While it is at the same thing its time goes on, unless it has got an answer since.</summary>
    public void Note(HttpConnection connection)
    {
        ConnectionList list = ListOf(connection);
        if (list != connection.List || list == _idle || connection.WasAnswered)
        {
            _now = Clock.Milliseconds;
            _isNow = true;
            list.Add(connection, _now);
        }

        connection.WasAnswered = false;
    }

    /// <summary>How long to wait for any connection at most, in microseconds; -1 for ever.</summary>
    public int TimeLeft()
    {
        long earliest = Math.Min(Math.Min(Earliest(_idle), Earliest(_requesting)), Math.Min(Earliest(_answering), Earliest(_ending)));
        bool isNow = _isNow;
        _isNow = false;
        if (earliest == long.MaxValue)
            return -1;
        long left = Math.Max(earliest - (isNow ? _now : Clock.Milliseconds), 0);
        return (int)Math.Min((left + 1) * MicrosecondsPerMillisecond, int.MaxValue);
    }

    /// <summary>A connection whose time is over; null if there is none.</summary>
    public HttpConnection? FindLate()
    {
        long now = Clock.Milliseconds;
        return Late(_idle, now) ?? Late(_requesting, now) ?? Late(_answering, now) ?? Late(_ending, now);
    }

    /// <summary>Whether a connection has a part of a request.</summary>
    public bool IsRequesting(HttpConnection connection) => connection.List == _requesting;

    private ConnectionList ListOf(HttpConnection connection)
    {
        if (connection.HasUnsent)
            return _answering;
        if (connection.Draining != 0)
            return _ending;
        return connection.Input is null ? _idle : _requesting;
    }

    private static long Earliest(ConnectionList list) => list.Oldest?.Deadline ?? long.MaxValue;

    private static HttpConnection? Late(ConnectionList list, long now) => list.Oldest is { } oldest && oldest.Deadline <= now ? oldest : null;
}
