using System;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Guest.Rig;
using Guest.Xen.Rig.Machine;

namespace Guest.Xen.Rig;

/// <summary>A script that runs in dom0, what it says, and a way to type to it.</summary>
public sealed class Dom0Stream : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static int s_last;

    private readonly XenHost _host;
    private readonly AgentPort _port;
    private readonly Thread _reader;
    private readonly string _mark;
    private readonly ManualResetEventSlim _marked = new();

    internal Dom0Stream(XenHost host, AgentPort port, string name, string script, Action<ReadOnlySpan<byte>>? copy)
    {
        _host = host;
        _port = port;
        _mark = $"\u0001end-of-stream-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}";
        Output = new ConsoleLog(name, copy);
        _port.Stream(script, _mark);
        _reader = new Thread(Read) { IsBackground = true, Name = name };
        _reader.Start();
    }

    /// <summary>What the script says.</summary>
    public ConsoleLog Output { get; }

    /// <summary>Whether the script has ended.</summary>
    public bool HasEnded => _marked.IsSet;

    /// <summary>Types to the script.</summary>
    public void Type(string text) => Type(Encoding.UTF8.GetBytes(text));

    /// <summary>Types to the script.</summary>
    public void Type(ReadOnlySpan<byte> bytes)
    {
        // Its port may have been given to somebody else.
        if (HasEnded)
            throw new RigException($"The script that was typed to has ended.\n{Output.Tail()}");
        _port.Send(bytes);
    }

    /// <summary>Waits until the script has ended by itself; false if it did not.</summary>
    public bool WaitForEnd(TimeSpan patience) => _marked.Wait(patience);

    /// <summary>Ends the script, if it has not ended.</summary>
    public void Dispose()
    {
        if (!_marked.IsSet)
        {
            _host.ExecuteIfRunning($"kill -KILL -$(cat /run/agent/agent.{_port.Number}.group)");
            _marked.Wait(s_patience);
        }
        _reader.Join(s_patience);
        _marked.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        byte[] mark = Encoding.UTF8.GetBytes(_mark);
        byte[] held = [];
        try
        {
            // The mark may come in pieces: what could be its beginning is held back.
            while (_port.Receive(buffer) is > 0 and int count)
            {
                byte[] bytes = [.. held, .. buffer.AsSpan(0, count)];
                int end = bytes.AsSpan().IndexOf(mark);
                if (end >= 0 && bytes.AsSpan(end).Contains((byte)'\n'))
                {
                    Output.Append(bytes.AsSpan(0, end));
                    Output.End();
                    _host.Return(_port);
                    _marked.Set();
                    return;
                }
                int keep = end >= 0 ? bytes.Length - end : Overlap(bytes, mark);
                Output.Append(bytes.AsSpan(0, bytes.Length - keep));
                held = bytes[^keep..];
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // QEMU has ended.
        }
        Output.Append(held);
        Output.End();
        _marked.Set();
    }

    // How many of the last bytes are the first bytes of the mark.
    private static int Overlap(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mark)
    {
        for (int length = Math.Min(bytes.Length, mark.Length); length > 0; length--)
        {
            if (bytes.EndsWith(mark[..length]))
                return length;
        }
        return 0;
    }
}
