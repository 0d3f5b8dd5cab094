using System;
using System.Collections.Generic;
using Guest.Core.Time;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>Two hosts and a link between them that loses, repeats, delays and spoils frames as a seed has it. Time passes from event to event.</summary>
internal sealed class SimulatedLink
{
    private readonly PriorityQueue<(LinkedHost To, byte[] Frame), (long Time, long Order)> _onTheWay = new();
    private readonly Random _random;
    private readonly LinkQuality _quality;
    private readonly Dictionary<LinkedHost, long> _freeAt = [];
    private long _order;

    public SimulatedLink(int seed, LinkQuality quality, bool ipv6 = false, int buffers = 1024, int mtu = 1500)
    {
        _random = new Random(seed);
        _quality = quality;
        A = new LinkedHost("a", 1, (ulong)seed * 2, ipv6, buffers, mtu);
        B = new LinkedHost("b", 2, (ulong)seed * 2, ipv6, buffers, mtu);
    }

    public LinkedHost A { get; }

    public LinkedHost B { get; }

    public Instant Now { get; private set; } = Instant.Zero + Duration.FromSeconds(1);

    /// <summary>Sees every frame as it is sent; returns false to have it lost.</summary>
    public Func<LinkedHost, byte[], bool>? Watch { get; set; }

    public long Frames { get; private set; }

    public long Lost { get; private set; }

    /// <summary>Lets time pass until a condition holds.</summary>
    /// <returns>Whether it did, before nothing more could happen or the time was over.</returns>
    public bool RunUntil(Func<bool> condition, Duration limit)
    {
        Instant end = Now + limit;
        Step();
        while (!condition())
        {
            Instant next = Instant.Earlier(A.Earliest, B.Earliest);
            if (_onTheWay.TryPeek(out _, out (long Time, long) first))
                next = Instant.Earlier(next, new Instant(first.Time));
            if (next > end)
                return false;
            Now = next > Now ? next : Now;
            while (_onTheWay.TryPeek(out (LinkedHost To, byte[] Frame) arrival, out first) && first.Time <= Now.Nanoseconds)
            {
                _onTheWay.Dequeue();
                arrival.To.Device.Inject(arrival.Frame);
            }

            Step();
        }

        return true;
    }

    private void Step()
    {
        A.Run(Now);
        B.Run(Now);
        Carry(A, B);
        Carry(B, A);
    }

    private void Carry(LinkedHost from, LinkedHost to)
    {
        while (from.Device.Sent.TryDequeue(out byte[]? frame))
        {
            Frames++;
            Assert.InRange(frame.Length, 14, from.Device.Mtu + 14);
            if (Watch?.Invoke(from, frame) == false || Chance(_quality.Loss))
            {
                Lost++;
                continue;
            }

            Send(from, to, frame);
            if (Chance(_quality.Duplication))
                Send(from, to, frame);
        }
    }

    private void Send(LinkedHost from, LinkedHost to, byte[] frame)
    {
        long at = Now.Nanoseconds;
        if (_quality.BytesPerSecond != 0)
        {
            long free = Math.Max(_freeAt.GetValueOrDefault(from), at);
            long waiting = (free - at) * _quality.BytesPerSecond / 1_000_000_000;
            if (waiting > _quality.QueueBytes)
            {
                Lost++;
                return;
            }

            if (_quality.Marks && waiting > _quality.QueueBytes / 4)
                frame = Marked(frame);
            at = free + (frame.Length * 1_000_000_000L / _quality.BytesPerSecond);
            _freeAt[from] = at;
        }

        at += _quality.Delay.Nanoseconds;
        if (Chance(_quality.Reordering))
            at += _quality.Lateness.Nanoseconds;
        if (Chance(_quality.Corruption))
            frame = Spoilt(frame);
        _onTheWay.Enqueue((to, frame), (at, _order++));
    }

    private byte[] Spoilt(byte[] frame)
    {
        byte[] spoilt = [.. frame];
        spoilt[_random.Next(spoilt.Length)] ^= (byte)(1 << _random.Next(8));
        return spoilt;
    }

    private static byte[] Marked(byte[] frame)
    {
        if ((frame[15] & 3) == 0)
            return frame;
        byte[] marked = [.. frame];
        marked[15] |= 3;
        Net.Tests.Stack.Frames.SumHeader(marked.AsSpan(14));
        return marked;
    }

    private bool Chance(double percent) => percent != 0 && _random.NextDouble() * 100 < percent;
}
