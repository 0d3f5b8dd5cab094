using System;
using System.Collections.Generic;
using System.Net.Sockets;

namespace Echo;

/// <summary>RFC 862: whatever comes goes back.</summary>
/// <remarks>What the other end does not take is kept, and nothing more is received from it meanwhile. So much is kept for some connections at a time; of any others what
/// cannot be sent stays in the socket, which costs a second copy.</remarks>
internal sealed class EchoService : StreamService
{
    private const int BufferSize = 65_536;
    private const int MostKept = 16;

    private readonly List<byte[]> _spare = [];
    private byte[] _buffer = new byte[BufferSize];
    private int _kept;

    public override bool Serve(StreamConnection connection, SocketPoller poller)
    {
        if (connection.Unsent is not null)
            return SendKept(connection, poller);
        Socket socket = connection.Socket;
        bool mayKeep = _kept < MostKept;
        int received = socket.Receive(_buffer, mayKeep ? SocketFlags.None : SocketFlags.Peek, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            poller.Change(socket, SelectMode.SelectRead);
            return true;
        }

        // The other end has no more to send, and has got all that it sent; or the connection failed.
        if (error != SocketError.Success || received == 0)
            return false;
        if (!TrySend(socket, _buffer.AsSpan(0, received), out int sent))
            return false;
        if (!mayKeep)
            socket.Receive(_buffer.AsSpan(0, sent), SocketFlags.None, out _);
        else if (sent != received)
            Keep(connection, sent, received);
        poller.Change(socket, sent == received ? SelectMode.SelectRead : SelectMode.SelectWrite);
        return true;
    }

    public override void OnEnd(StreamConnection connection)
    {
        if (connection.Unsent is { } buffer)
            GiveBack(connection, buffer);
    }

    private bool SendKept(StreamConnection connection, SocketPoller poller)
    {
        byte[] buffer = connection.Unsent!;
        if (!TrySend(connection.Socket, buffer.AsSpan(connection.Start, connection.End - connection.Start), out int sent))
            return false;
        connection.Start += sent;
        if (connection.Start != connection.End)
            return true;
        GiveBack(connection, buffer);
        poller.Change(connection.Socket, SelectMode.SelectRead);
        return true;
    }

    private static bool TrySend(Socket socket, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = socket.Send(bytes, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            sent = 0;
        return error is SocketError.Success or SocketError.WouldBlock;
    }

    // The connection keeps the buffer itself, and another one is received into.
    private void Keep(StreamConnection connection, int start, int end)
    {
        connection.Unsent = _buffer;
        connection.Start = start;
        connection.End = end;
        _kept++;
        _buffer = TakeSpare() ?? new byte[BufferSize];
    }

    private void GiveBack(StreamConnection connection, byte[] buffer)
    {
        connection.Unsent = null;
        _kept--;
        _spare.Add(buffer);
    }

    private byte[]? TakeSpare()
    {
        if (_spare.Count == 0)
            return null;
        byte[] buffer = _spare[^1];
        _spare.RemoveAt(_spare.Count - 1);
        return buffer;
    }
}
