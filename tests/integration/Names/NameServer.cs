using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Names;

/// <summary>A name server by UDP and TCP inside a namespace: it knows what a test tells it, and keeps what it was asked.</summary>
internal sealed class NameServer : IDisposable
{
    private const ushort Response = 0x8180;
    private const ushort Truncated = 0x8380;
    private const ushort NameError = 0x8183;
    private const ushort Ipv4 = 1;
    private const ushort CanonicalName = 5;
    private const ushort Ipv6 = 28;
    private const int Port = 53;
    private static readonly byte[] s_questionName = [0xc0, 12];

    private readonly UdpClient _datagrams;
    private readonly TcpListener _listener;

    private NameServer(UdpClient datagrams, TcpListener listener)
    {
        _datagrams = datagrams;
        _listener = listener;
    }

    /// <summary>The addresses of names; of an alias, the name that it is one of, with a dot at its end.</summary>
    public Dictionary<string, string[]> Records { get; init; } = [];

    /// <summary>Whether it takes questions and says nothing.</summary>
    public bool IsSilent { get; init; }

    /// <summary>What it was asked, in order: <c>udp 1 www.test</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static NameServer Start(NetworkNamespace network, IPAddress address, Dictionary<string, string[]> records, bool isSilent = false)
    {
        NameServer server = network.Inside(() =>
        {
            TcpListener listener = new(address, Port);
            listener.Start();
            return new NameServer(new UdpClient(new IPEndPoint(address, Port)), listener) { Records = records, IsSilent = isSilent };
        });
        new Thread(server.ServeDatagrams) { IsBackground = true }.Start();
        new Thread(server.ServeStreams) { IsBackground = true }.Start();
        return server;
    }

    public void Dispose()
    {
        _datagrams.Dispose();
        _listener.Dispose();
    }

    private void ServeDatagrams()
    {
        try
        {
            while (true)
            {
                IPEndPoint? client = null;
                byte[] question = _datagrams.Receive(ref client);
                if (question.Length == 0)
                    return; // what disposing may end it with
                byte[] answer = Answer(question, "udp", longest: 512);
                if (!IsSilent)
                    _datagrams.Send(answer, answer.Length, client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void ServeStreams()
    {
        try
        {
            while (true)
            {
                using TcpClient client = _listener.AcceptTcpClient();
                NetworkStream stream = client.GetStream();
                byte[] prefix = new byte[2];
                stream.ReadExactly(prefix);
                byte[] question = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                stream.ReadExactly(question);
                byte[] answer = Answer(question, "tcp", longest: ushort.MaxValue);
                stream.Write([.. Bytes((ushort)answer.Length), .. answer]);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or System.IO.IOException)
        {
            // Disposed, or the client went.
        }
    }

    private byte[] Answer(byte[] question, string protocol, int longest)
    {
        List<string> labels = [];
        int at = 12;
        for (; question[at] != 0; at += 1 + question[at])
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
        string name = string.Join('.', labels);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        Asked.Enqueue($"{protocol} {type} {name}");
        byte[] asked = question[12..(at + 5)];
        if (!Records.ContainsKey(name))
            return [.. question[..2], .. Bytes(NameError), 0, 1, 0, 0, 0, 0, 0, 0, .. asked];
        List<byte[]> records = [];
        AddRecords(records, name, s_questionName, type);
        byte[] answer = [.. question[..2], .. Bytes(Response), 0, 1, .. Bytes((ushort)records.Count), 0, 0, 0, 0, .. asked, .. records.SelectMany(each => each)];
        return answer.Length <= longest ? answer : [.. question[..2], .. Bytes(Truncated), 0, 1, 0, 0, 0, 0, 0, 0, .. asked];
    }

    private void AddRecords(List<byte[]> records, string name, byte[] owner, ushort type)
    {
        foreach (string text in Records[name])
        {
            if (text.EndsWith('.'))
            {
                byte[] target = [.. text.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)])];
                records.Add(Record(owner, CanonicalName, target));
                AddRecords(records, text[..^1], target, type);
                continue;
            }

            byte[] address = IPAddress.Parse(text).GetAddressBytes();
            if (address.Length == 4 ? type == Ipv4 : type == Ipv6)
                records.Add(Record(owner, type, address));
        }
    }

    private static byte[] Record(byte[] owner, ushort type, byte[] data) => [.. owner, .. Bytes(type), 0, 1, 0, 0, 0, 60, .. Bytes((ushort)data.Length), .. data];

    private static byte[] Bytes(ushort value) => [(byte)(value >> 8), (byte)value];
}
