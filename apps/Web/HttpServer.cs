using System;
using System.Net;
using System.Net.Sockets;

namespace Web;

/// <summary>Serves any number of connections with one thread. Requests that come one behind the other are answered in order, and their answers leave together.</summary>
internal sealed class HttpServer(PageSet pages, int secondsForRequest)
{
    // A head may be so long, and so much is received at once.
    private const int InputSize = 8_192;
    private const int OutputSize = 65_536;

    // At most so many connections are open, have half a request, or do not take their answers: one that does nothing makes room for a new one.
    private const int MostConnections = 16_384;
    private const int MostInputs = 512;
    private const int MostOutputs = 64;
    private const int AcceptedAtOnce = 16;
    private const long MillisecondsPerSecond = 1000;

    // RFC 9112, 9.6: what comes behind the last request is taken, up to so much.
    private const int MostDrained = 1 << 20;

    private readonly SocketPoller _poller = new();
    private readonly BufferPool _inputs = new(InputSize, MostInputs);
    private readonly BufferPool _outputs = new(OutputSize, MostOutputs);
    private readonly ByteWriter _output = new(OutputSize);
    private readonly byte[] _input = new byte[InputSize];
    private readonly ConnectionTimes _connections = new(secondsForRequest * MillisecondsPerSecond);

    /// <summary>Lets others connect.</summary>
    public void Listen(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        socket.Blocking = false;
        _poller.Add(socket, SelectMode.SelectRead, null);
    }

    /// <summary>Serves for ever.</summary>
    public void Serve()
    {
        while (true)
        {
            if (!_poller.Wait(_connections.TimeLeft(), out Socket? socket, out object? state))
                EndLate();
            else if (state is not HttpConnection connection)
                Accept(socket);
            else if (Serve(connection))
                _connections.Note(connection);
            else
                End(connection);
        }
    }

    // Whoever has sent a part of a request is told that it took too long (RFC 9110, 15.5.9).
    private void EndLate()
    {
        while (_connections.FindLate() is { } late)
        {
            if (_connections.IsRequesting(late) && Dismiss(late))
                _connections.Note(late);
            else
                End(late);
        }
    }

    private bool Dismiss(HttpConnection connection)
    {
        _inputs.Return(connection.Input!);
        connection.Input = null;
        _output.Clear();
        PageSet.Refuse(connection, _output, HttpStatus.RequestTimeout);
        return Flush(connection) && !connection.HasUnsent && Drain(connection);
    }

    private void Accept(Socket listener)
    {
        for (int i = 0; i < AcceptedAtOnce && listener.TryAccept(out Socket? socket, out _); i++)
        {
            if (_connections.Count == MostConnections)
                End(_connections.Dispensable!);
            socket.Blocking = false;
            socket.NoDelay = true;
            HttpConnection connection = _connections.Begin(socket);
            _poller.Add(socket, SelectMode.SelectRead, connection);
        }
    }

    private void End(HttpConnection connection)
    {
        if (connection.Input is { } input)
            _inputs.Return(input);
        if (connection.Output is { } output)
            _outputs.Return(output);
        connection.Input = null;
        connection.Output = null;
        connection.Body = null;
        _poller.Remove(connection.Socket);
        connection.Socket.Close();
        _connections.End(connection);
    }

    /// <summary>Does what can be done for a connection now.</summary>
    /// <returns>False if it is over.</returns>
    private bool Serve(HttpConnection connection)
    {
        if (connection.HasUnsent)
        {
            if (!SendUnsent(connection))
                return false;
            if (connection.HasUnsent)
                return true;
            if (connection.IsEnding)
                return Drain(connection);
        }
        else if (connection.Draining != 0)
        {
            return DrainMore(connection);
        }

        int length = TakeInput(connection);
        if (!connection.HasPeerEnded)
        {
            int received = connection.Socket.Receive(_input.AsSpan(length), SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                return false;
            connection.HasPeerEnded = error == SocketError.Success && received == 0;
            if (error == SocketError.Success)
                length += received;
        }

        return Answer(connection, _input.AsSpan(0, length));
    }

    // What was kept comes in front of what is received now. (All that is kept is at most one byte short of a buffer: a longer head was refused.)
    private int TakeInput(HttpConnection connection)
    {
        if (connection.Input is not { } kept)
            return 0;
        int length = connection.InputLength;
        kept.AsSpan(0, length).CopyTo(_input);
        _inputs.Return(kept);
        connection.Input = null;
        return length;
    }

    private bool Answer(HttpConnection connection, ReadOnlySpan<byte> input)
    {
        _output.Clear();
        while (!connection.HasUnsent)
        {
            int before = _output.Length;
            int used = pages.AnswerFirst(connection, input, _output, InputSize);
            if (used == 0)
                break;
            connection.WasAnswered |= _output.Length != before || connection.Body is not null;
            input = input[used..];
            if ((connection.Body is not null || _output.Room < PageSet.LongestAnswer) && !Flush(connection))
                return false;
        }

        if (!connection.HasUnsent && !Flush(connection))
            return false;
        if (connection.HasUnsent)
        {
            _poller.Change(connection.Socket, SelectMode.SelectWrite);
            return Keep(connection, input);
        }

        _poller.Change(connection.Socket, SelectMode.SelectRead);
        if (connection.IsEnding)
            return Drain(connection);
        return !connection.HasPeerEnded && Keep(connection, input);
    }

    private bool Drain(HttpConnection connection)
    {
        if (!connection.Socket.TryShutdown(SocketShutdown.Send, out _))
            return false;
        connection.Draining = MostDrained;
        _poller.Change(connection.Socket, SelectMode.SelectRead);
        return true;
    }

    private bool DrainMore(HttpConnection connection)
    {
        int received = connection.Socket.Receive(_input, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            return true;
        connection.Draining -= received;
        return error == SocketError.Success && received != 0 && connection.Draining > 0;
    }

    private bool Flush(HttpConnection connection)
    {
        if (_output.Length == 0)
            return connection.SendBody();
        ReadOnlySpan<byte> output = _output.Written;
        if (!connection.TrySend(output, out int sent))
            return false;
        _output.Clear();
        if (sent == output.Length)
            return connection.SendBody();
        if (_outputs.TryTake() is not { } buffer)
            return false;
        output[sent..].CopyTo(buffer);
        connection.Output = buffer;
        connection.OutputStart = 0;
        connection.OutputEnd = output.Length - sent;
        return true;
    }

    private bool SendUnsent(HttpConnection connection)
    {
        if (connection.Output is { } output)
        {
            if (!connection.TrySend(output.AsSpan(connection.OutputStart, connection.OutputEnd - connection.OutputStart), out int sent))
                return false;
            connection.OutputStart += sent;
            if (connection.OutputStart != connection.OutputEnd)
                return true;
            connection.Output = null;
            _outputs.Return(output);
        }

        return connection.SendBody();
    }

    private bool Keep(HttpConnection connection, ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return true;
        if (_inputs.TryTake() is not { } buffer)
            return false;
        input.CopyTo(buffer);
        connection.Input = buffer;
        connection.InputLength = input.Length;
        return true;
    }
}
