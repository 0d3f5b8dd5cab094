using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Rig.Network;

/// <summary>Datagrams to a UDP port, as fast as a few threads can send them, until it is disposed. What comes back is not read.</summary>
public sealed class UdpFlood : IDisposable
{
    private const int PayloadSize = 64;
    private const int Senders = 2;

    private readonly Socket[] _sockets;
    private readonly Thread[] _threads;
    private volatile bool _ended;

    private UdpFlood(Socket[] sockets)
    {
        _sockets = sockets;
        _threads = [.. sockets.Select(socket => new Thread(() => Send(socket)) { IsBackground = true, Name = "flood" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Begins one from inside a network.</summary>
    public static UdpFlood Start(NetworkNamespace network, IPEndPoint target) =>
        new(network.Inside(() => Enumerable.Range(0, Senders).Select(_ => Connect(target)).ToArray()));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended = true;
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }

    private static Socket Connect(IPEndPoint target)
    {
        // What comes back fills this and is dropped; what the link cannot take must not hold the end up.
        Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4096, SendTimeout = 100 };
        socket.Connect(target);
        return socket;
    }

    private void Send(Socket socket)
    {
        byte[] payload = new byte[PayloadSize];
        while (!_ended)
        {
            try
            {
                socket.Send(payload);
            }
            catch (SocketException)
            {
                // The queue is full, or the other side is going: the next one may pass.
            }
        }
    }
}
