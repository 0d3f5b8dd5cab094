using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Guest.Rig;

namespace Guest.Xen.Rig.Machine;

/// <summary>The rig's end of one agent's port; <c>dom0/agent</c> describes the protocol.</summary>
internal sealed class AgentPort : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _one = new byte[1];

    private AgentPort(Socket socket, int number)
    {
        _socket = socket;
        Number = number;
    }

    /// <summary>The port's number, which names the agent.</summary>
    public int Number { get; }

    /// <summary>Connects to a port; QEMU listens since before its monitor answered.</summary>
    public static AgentPort Connect(string folder, int number)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Dom0Machine.AgentSocket(folder, number)));
        return new AgentPort(socket, number);
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">For dom0's shell.</param>
    /// <param name="limit">After which the script is killed.</param>
    /// <param name="reply">How long to wait for the answer; longer than <paramref name="limit"/>.</param>
    public Dom0Result Run(string script, TimeSpan limit, TimeSpan reply)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(script);
        Request($"run {bytes.Length} {Math.Max(1, (int)limit.TotalSeconds)}\n", bytes);
        return Answer(reply);
    }

    /// <summary>Writes a file.</summary>
    public Dom0Result Put(string path, ReadOnlySpan<byte> content, TimeSpan reply)
    {
        Request($"put {content.Length} {path}\n", content);
        return Answer(reply);
    }

    /// <summary>Starts a script that talks over this port until it ends.</summary>
    public void Stream(string script, string mark)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(script);
        Request($"stream {bytes.Length} {mark}\n", bytes);
    }

    /// <summary>Sends bytes to a stream's script.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Takes what a stream's script has said, waiting for something; 0 at the end.</summary>
    public int Receive(Span<byte> buffer)
    {
        _socket.ReceiveTimeout = 0;
        return _socket.Receive(buffer);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Request(string line, ReadOnlySpan<byte> bytes)
    {
        Send(Encoding.UTF8.GetBytes(line));
        Send(bytes);
    }

    private Dom0Result Answer(TimeSpan patience)
    {
        Stopwatch waited = Stopwatch.StartNew();
        string[] words = ReadLine(waited, patience).Split(' ');
        if (words is not ["done", var code, var outputs, var errors])
            throw new RigException($"dom0's agent {Number} answered '{string.Join(' ', words)}'.");
        byte[] output = Read(int.Parse(outputs, CultureInfo.InvariantCulture), waited, patience);
        byte[] error = Read(int.Parse(errors, CultureInfo.InvariantCulture), waited, patience);
        return new Dom0Result(int.Parse(code, CultureInfo.InvariantCulture), output, Encoding.UTF8.GetString(error));
    }

    private string ReadLine(Stopwatch waited, TimeSpan patience)
    {
        StringBuilder line = new();
        while (true)
        {
            Fill(_one, waited, patience);
            if (_one[0] == '\n')
                return line.ToString();
            line.Append((char)_one[0]);
        }
    }

    private byte[] Read(int count, Stopwatch waited, TimeSpan patience)
    {
        byte[] bytes = new byte[count];
        Fill(bytes, waited, patience);
        return bytes;
    }

    private void Fill(Span<byte> buffer, Stopwatch waited, TimeSpan patience)
    {
        while (!buffer.IsEmpty)
        {
            TimeSpan left = patience - waited.Elapsed;
            // Zero would mean no limit.
            _socket.ReceiveTimeout = Math.Max(1, (int)left.TotalMilliseconds);
            int count;
            try
            {
                count = left <= TimeSpan.Zero ? -1 : _socket.Receive(buffer);
            }
            catch (SocketException timeout) when (timeout.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                count = -1;
            }
            if (count < 0)
                throw new RigException($"dom0's agent {Number} did not answer within {patience.TotalSeconds:0.#} s.");
            if (count == 0)
                throw new RigException($"dom0's agent {Number} is gone: QEMU has ended.");
            buffer = buffer[count..];
        }
    }
}
