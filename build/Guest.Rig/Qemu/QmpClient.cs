using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;

namespace Guest.Rig.Qemu;

/// <summary>QEMU's monitor, by its machine protocol (QMP): lines of JSON over a Unix socket.</summary>
public sealed class QmpClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly StreamWriter _writer;
    private readonly BlockingCollection<JsonObject> _answers = [];
    private readonly Thread _reader;
    private volatile string? _shutdownReason;

    private QmpClient(Socket socket)
    {
        _socket = socket;
        NetworkStream stream = new(socket, ownsSocket: false);
        _writer = new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        _reader = new Thread(() => Read(stream)) { IsBackground = true, Name = "qmp" };
        _reader.Start();
    }

    /// <summary>The <c>reason</c> of the SHUTDOWN event, once there was one.</summary>
    public string? ShutdownReason => _shutdownReason;

    /// <summary>Connects as soon as QEMU listens; null if <paramref name="stillRunning"/> turns false first.</summary>
    public static QmpClient? Connect(string path, Func<bool> stillRunning)
    {
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (stillRunning() && Environment.TickCount64 < deadline)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException)
            {
                socket.Dispose();
                Thread.Sleep(5);
                continue;
            }
            QmpClient client = new(socket);
            if (client.TryExecute("qmp_capabilities", null, out _))
                return client;
            client.Dispose();
            return null;
        }
        return null;
    }

    /// <summary>Executes a command that must succeed.</summary>
    public JsonNode? Execute(string command, JsonObject? arguments = null) =>
        TryExecute(command, arguments, out JsonObject? answer)
            ? answer!["return"]
            : throw new RigException($"QEMU's monitor refused {command}: {answer?["error"]?["desc"]?.ToString() ?? "it is gone"}.");

    /// <summary>Executes a line of the human monitor, and returns what it prints.</summary>
    public string Human(string line) =>
        Execute("human-monitor-command", new JsonObject { ["command-line"] = line })?.GetValue<string>() ?? "";

    /// <summary>Ends QEMU, if it has not ended.</summary>
    public void TryQuit() => TryExecute("quit", null, out _);

    /// <summary>Presses the machine's power button. A guest may end QEMU before it can answer.</summary>
    public void PressPowerButton() => TryExecute("system_powerdown", null, out _);

    /// <summary>Waits until QEMU has closed the connection, so that all events have been read.</summary>
    public void WaitForEnd() => _reader.Join(s_patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _reader.Join(s_patience);
        _answers.Dispose();
    }

    private bool TryExecute(string command, JsonObject? arguments, out JsonObject? answer)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments is not null)
            request["arguments"] = arguments;
        answer = null;
        try
        {
            _writer.WriteLine(request.ToJsonString());
            return _answers.TryTake(out answer, s_patience) && answer.ContainsKey("return");
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // QEMU has ended: a Ctrl-C at the terminal reaches it as well as us.
            return false;
        }
    }

    private void Read(NetworkStream stream)
    {
        try
        {
            using StreamReader reader = new(stream);
            while (reader.ReadLine() is { } line)
            {
                if (JsonNode.Parse(line) is not JsonObject message)
                    continue;
                if (message.ContainsKey("return") || message.ContainsKey("error"))
                    _answers.Add(message);
                else if (message["event"]?.GetValue<string>() == "SHUTDOWN")
                    _shutdownReason = message["data"]?["reason"]?.GetValue<string>() ?? "unknown";
            }
        }
        catch (IOException)
        {
            // QEMU ended, or Dispose closed the socket.
        }
        finally
        {
            _answers.CompleteAdding();
        }
    }
}
