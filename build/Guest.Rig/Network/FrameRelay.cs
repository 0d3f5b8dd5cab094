using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Guest.Rig.Qemu;

namespace Guest.Rig.Network;

/// <summary>The link between a namespace's tap and a QEMU: it loses, repeats, reorders and delays frames as a seed has it, and may be slow. (This kernel has no netem.)</summary>
/// <remarks>Frames pass one by one and whole: neither end cuts or merges segments.</remarks>
public sealed class FrameRelay : IDisposable
{
    // Nobody else is in the namespace.
    private const int QemuPort = 5001;
    private const int RelayPort = 5002;
    private const int LongestFrame = 65_536;

    private readonly TapDevice _tap;
    private readonly Socket _socket;
    private readonly LinkQuality _quality;
    private readonly PriorityQueue<(byte[] Frame, bool ToGuest), (long At, long Order)> _underWay = new();
    private readonly Thread _sender;
    private readonly long[] _freeAt = new long[2];
    private long _order;
    private bool _ended;

    private FrameRelay(TapDevice tap, Socket socket, LinkQuality quality)
    {
        _tap = tap;
        _socket = socket;
        _quality = quality;
        _sender = new Thread(Deliver) { IsBackground = true, Name = "relay" };
        _sender.Start();
        new Thread(() => Take(toGuest: true, buffer => _tap.Read(buffer))) { IsBackground = true, Name = "relay from tap" }.Start();
        new Thread(() => Take(toGuest: false, buffer => _socket.Receive(buffer))) { IsBackground = true, Name = "relay from guest" }.Start();
    }

    /// <summary>What QEMU's NIC is to be connected to.</summary>
    public static QemuNetwork Network { get; } = new QemuNetwork.Datagrams(QemuPort, RelayPort);

    /// <summary>Frames that came.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames that went no further.</summary>
    public long Lost { get; private set; }

    /// <summary>Begins to carry frames between a namespace's tap and a machine that will be on <see cref="Network"/>.</summary>
    public static FrameRelay Start(NetworkNamespace network, LinkQuality quality) => network.Inside(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, RelayPort));
        return new FrameRelay(TapDevice.Open(NetworkNamespace.TapName), socket, quality);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_underWay)
        {
            _ended = true;
            Monitor.PulseAll(_underWay);
        }

        _sender.Join();
        _socket.Dispose();
        _tap.Dispose();
    }

    private void Take(bool toGuest, Func<byte[], int> read)
    {
        Random random = new((_quality.Seed * 2) + (toGuest ? 1 : 0));
        byte[] buffer = new byte[LongestFrame];
        while (!Volatile.Read(ref _ended))
        {
            int length;
            try
            {
                length = read(buffer);
            }
            catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
            {
                // QEMU is not there yet, or the relay ends.
                Thread.Sleep(1);
                continue;
            }

            // Drawn for every frame, so that one frame's fate does not depend on what was drawn for another.
            bool isLost = Chance(random, _quality.Loss);
            bool isDoubled = Chance(random, _quality.Duplication);
            bool isLate = Chance(random, _quality.Reordering);
            lock (_underWay)
            {
                Frames++;
                if (isLost || !Enqueue(buffer[..length], toGuest, isLate))
                    Lost++;
                else if (isDoubled)
                    Enqueue(buffer[..length], toGuest, isLate);
            }
        }
    }

    // False if too much waits for the link already.
    private bool Enqueue(byte[] frame, bool toGuest, bool isLate)
    {
        long at = Stopwatch.GetTimestamp();
        if (_quality.BytesPerSecond != 0)
        {
            ref long freeAt = ref _freeAt[toGuest ? 1 : 0];
            long free = Math.Max(freeAt, at);
            if ((free - at) * (double)_quality.BytesPerSecond / Stopwatch.Frequency > _quality.QueueBytes)
                return false;
            at = free + (frame.Length * Stopwatch.Frequency / _quality.BytesPerSecond);
            freeAt = at;
        }

        TimeSpan delay = isLate ? _quality.Delay + _quality.Lateness : _quality.Delay;
        at += (long)(delay.TotalSeconds * Stopwatch.Frequency);
        _underWay.Enqueue((frame, toGuest), (at, _order++));
        Monitor.Pulse(_underWay);
        return true;
    }

    private void Deliver()
    {
        IPEndPoint guest = new(IPAddress.Loopback, QemuPort);
        while (TryTakeDue(out byte[] frame, out bool toGuest))
        {
            try
            {
                if (toGuest)
                    _socket.SendTo(frame, guest);
                else
                    _tap.Write(frame);
            }
            catch (Exception gone) when (gone is IOException or SocketException)
            {
                // Nobody is there to take it.
            }
        }
    }

    private bool TryTakeDue(out byte[] frame, out bool toGuest)
    {
        lock (_underWay)
        {
            while (!_ended)
            {
                if (!_underWay.TryPeek(out (byte[] Frame, bool ToGuest) next, out (long At, long) due))
                {
                    Monitor.Wait(_underWay);
                    continue;
                }

                long left = due.At - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    _underWay.Dequeue();
                    (frame, toGuest) = next;
                    return true;
                }

                Monitor.Wait(_underWay, TimeSpan.FromSeconds((double)left / Stopwatch.Frequency) + TimeSpan.FromMilliseconds(0.5));
            }
        }

        (frame, toGuest) = ([], false);
        return false;
    }

    private static bool Chance(Random random, double percent) => random.NextDouble() * 100 < percent;
}
