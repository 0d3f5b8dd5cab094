using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network;

/// <summary>Sends payloads and expects each back, a window of them at a time, by whatever protocol echoes.</summary>
public abstract class EchoClient : IDisposable
{
    private const int LargestDatagram = 65_535;

    // How often in a silence to ask whether the other side is still there.
    private const int Glance = 250;

    private readonly Socket _socket;

    /// <summary>Takes a connected socket.</summary>
    protected EchoClient(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.SendBufferSize = 4 << 20;
    }

    /// <summary>The bytes before the payload in what is sent.</summary>
    protected abstract int HeaderSize { get; }

    /// <summary>Sends all that the plan says and waits for all the replies.</summary>
    public EchoResult Run(EchoPlan plan) => Run(plan, new EchoWindow());

    /// <summary>The same, with a window that the caller looks at afterwards.</summary>
    public EchoResult Run(EchoPlan plan, EchoWindow window)
    {
        byte[] outgoing = new byte[LargestDatagram];
        byte[] incoming = new byte[LargestDatagram];
        _socket.ReceiveTimeout = Math.Min(Glance, (int)plan.Patience.TotalMilliseconds);
        using IEnumerator<int> sizes = plan.Sizes.GetEnumerator();
        bool more = sizes.MoveNext();
        int silences = 0;
        while (more || window.InFlight > 0)
        {
            for (; more && window.InFlight < plan.InFlight; more = sizes.MoveNext())
            {
                Span<byte> packet = outgoing.AsSpan(0, HeaderSize + sizes.Current);
                window.Compose(packet[HeaderSize..]);
                WriteHeader(packet);
                _socket.Send(packet);
            }
            if (!Await(plan, incoming, out int received))
            {
                window.Abandon();
                if (++silences >= plan.MostSilences || plan.IsThere?.Invoke() == false)
                    break;
                continue;
            }
            // What has arrived together is taken together, so that a burst of replies is followed by a burst of packets.
            do
            {
                if (TryReadPayload(incoming.AsSpan(0, received), out Span<byte> payload))
                    window.Accept(payload);
            }
            while (_socket.Available > 0 && TryReceive(incoming, out received));
        }
        return window.Result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills in the header before a payload that is already there.</summary>
    protected abstract void WriteHeader(Span<byte> packet);

    /// <summary>Finds the payload of what arrived.</summary>
    /// <returns>False if it is no reply to this client.</returns>
    protected abstract bool TryReadPayload(Span<byte> packet, out Span<byte> payload);

    private bool Await(EchoPlan plan, byte[] buffer, out int received)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!TryReceive(buffer, out received))
        {
            if (Stopwatch.GetElapsedTime(begin) >= plan.Patience || plan.IsThere?.Invoke() == false)
                return false;
        }
        return true;
    }

    private bool TryReceive(byte[] buffer, out int received)
    {
        while (true)
        {
            try
            {
                received = _socket.Receive(buffer);
                return true;
            }
            catch (SocketException timeout) when (timeout.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                received = 0;
                return false;
            }
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable)
            {
                // An ICMP error about an earlier packet: that one will count as lost. Ask again.
            }
        }
    }
}
