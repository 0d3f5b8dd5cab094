using System;
using System.Buffers.Binary;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>How a question gets to a server: by a datagram from a port of its own each time, and by a connection if the answer is too long for one.</summary>
internal sealed partial class DnsQuery
{
    private const int PrefixSize = sizeof(ushort);

    /// <summary>How long a connection may take, from its opening to the answer (RFC 7766, 6.2.3 leaves it to the client).</summary>
    private static readonly Duration s_streamTimeout = Duration.FromSeconds(5);

    private readonly Arrival _reading;
    private readonly Arrival _writing;
    private UdpEndpoint? _datagrams;
    private TcpEndpoint? _stream;
    private bool _isSent;

    // RFC 5452, 9.2: another port and another number for each attempt, both from the random generator.
    private bool SendDatagram()
    {
        UdpEndpoint endpoint = _stack.CreateUdpEndpoint();
        endpoint.IsOfStack = true;
        _datagrams = endpoint;
        if (endpoint.Bind(_server.IsIpv4 ? IpAddress.AnyIpv4 : default, 0) != BindStatus.Bound)
            return false;
        endpoint.Readers.Add(_reading);
        Span<byte> message = stackalloc byte[DnsMessage.LongestDatagram];
        endpoint.Send(message[..WriteQuestion(message)], _server, DnsMessage.ServerPort);
        return true;
    }

    private int WriteQuestion(Span<byte> message)
    {
        _identifier = _stack.Random.NextUInt16();
        _resolver.Sent++;
        return DnsMessage.WriteQuestion(message, _identifier, _asked, Type);
    }

    private void ReadDatagrams(Instant now)
    {
        byte[] message = _resolver.Message;
        while (_datagrams is { } endpoint && endpoint.TryReceive(message, out UdpReceipt receipt))
        {
            if (receipt.Source != _server || receipt.SourcePort != DnsMessage.ServerPort)
                _resolver.Troubles.Count(DnsTrouble.WrongSource);
            else if (receipt.DatagramLength > receipt.Length)
                _resolver.Troubles.Count(DnsTrouble.TooLong);
            else if (Take(message.AsSpan(0, receipt.Length), now))
                return;
        }
    }

    private void OpenStream(Instant now)
    {
        CloseEndpoints(wasAnswered: true);
        TcpEndpoint endpoint = _stack.CreateTcpEndpoint();
        endpoint.Readers.Add(_reading);
        endpoint.Writers.Add(_writing);
        _stream = endpoint;
        _isSent = false;
        Expect(now + s_streamTimeout);
        if (endpoint.Connect(_server, DnsMessage.ServerPort) != TcpError.None)
            FailStream(DnsTrouble.StreamFailed, now);
    }

    // RFC 1035, 4.2.2: each message has its length in front.
    private void StepStream(Instant now)
    {
        TcpEndpoint endpoint = _stream!;
        if (!_isSent && endpoint.IsEstablished && !TrySendByStream(endpoint))
        {
            FailStream(DnsTrouble.StreamFailed, now);
            return;
        }

        byte[] message = _resolver.Message;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        int length = endpoint.Peek(prefix) == PrefixSize ? BinaryPrimitives.ReadUInt16BigEndian(prefix) : 0;
        if (length > message.Length)
        {
            FailStream(DnsTrouble.TooLong, now);
        }
        else if (endpoint.Available < PrefixSize + length || endpoint.Available < PrefixSize)
        {
            // Nothing more comes, or it never began.
            if (endpoint.State is TcpState.Closed or TcpState.CloseWait)
                FailStream(DnsTrouble.StreamFailed, now);
        }
        else
        {
            endpoint.Receive(prefix);
            endpoint.Receive(message.AsSpan(0, length));
            if (!Take(message.AsSpan(0, length), now))
                OnFailure(now);
        }
    }

    private bool TrySendByStream(TcpEndpoint endpoint)
    {
        Span<byte> message = stackalloc byte[PrefixSize + DnsMessage.LongestDatagram];
        int length = WriteQuestion(message[PrefixSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        _isSent = true;
        return endpoint.Send(message[..(PrefixSize + length)]) == PrefixSize + length;
    }

    private void FailStream(DnsTrouble why, Instant now)
    {
        _resolver.Troubles.Count(why);
        OnFailure(now);
    }

    private void CloseEndpoints(bool wasAnswered)
    {
        if (_datagrams is { } datagrams)
        {
            _datagrams = null;
            datagrams.Readers.Remove(_reading);
            datagrams.Close();
        }

        if (_stream is { } stream)
        {
            _stream = null;
            stream.Readers.Remove(_reading);
            stream.Writers.Remove(_writing);
            if (wasAnswered)
                stream.Close();
            else
                stream.Abort();
        }
    }

    /// <summary>Has the question look at what came, once the packet in hand has been brought to its end.</summary>
    private sealed class Arrival(DnsQuery query) : Watcher
    {
        protected override void OnWake() => query._timer.StartBy(query._stack.Now);
    }
}
