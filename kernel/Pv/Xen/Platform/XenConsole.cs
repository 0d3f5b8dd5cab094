using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>A domain's console: a byte ring each way, shared with the console daemon (io/console.h).</summary>
public sealed unsafe class XenConsole : IInterruptHandler
{
    private const uint InputSize = 1024;
    private const uint OutputSize = 2048;
    private const int InputConsumerOffset = 3072;
    private const int InputProducerOffset = 3076;
    private const int OutputConsumerOffset = 3080;
    private const int OutputProducerOffset = 3084;

    private readonly XenDomain _domain;
    private readonly ByteRing _input;
    private readonly ByteRing _output;
    private readonly int _port;

    /// <summary>Opens the console.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="page">The page shared with the daemon.</param>
    /// <param name="port">The event channel to it.</param>
    public XenConsole(XenDomain domain, byte* page, uint port)
    {
        _domain = domain;
        _input = new ByteRing(page, InputSize, (uint*)(page + InputConsumerOffset), (uint*)(page + InputProducerOffset));
        _output = new ByteRing(
            page + InputSize, OutputSize, (uint*)(page + OutputConsumerOffset), (uint*)(page + OutputProducerOffset));
        _port = domain.Events.Open(port, this, Counters);
    }

    /// <summary>How long a write waits for the daemon to make room; what finds none by then is lost, and counted.</summary>
    public static Duration Patience => Duration.FromMilliseconds(200);

    /// <summary>What the console has cost.</summary>
    public PathCounters Counters { get; } = new("xen-console");

    /// <summary>Writes bytes, waiting within a bound.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Instant deadline = Instant.Zero;
        while (bytes.Length > 0)
        {
            int count = _output.Write(bytes);
            // Full: forget what fired before, so that only room made from now on ends the sleep.
            if (count == 0 && _domain.Events.TakePending(_port))
            {
                ConsoleInput.Typed();
                continue;
            }

            if (count == ByteRing.Corrupt)
            {
                Counters.Count(PathEvent.Violation);
                return;
            }

            if (count > 0)
            {
                Counters.Count(PathEvent.SentBytes, count);
                _domain.Events.Send(_port, Counters);
                bytes = bytes[count..];
                deadline = Instant.Zero;
                continue;
            }

            Instant now = _domain.Now;
            if (deadline == Instant.Zero)
                deadline = now + Patience;
            if (now >= deadline)
            {
                Counters.Count(PathEvent.Overrun);
                return;
            }

            _domain.SleepFor(_port, deadline);
        }
    }

    /// <summary>Takes one byte that was typed, or returns -1.</summary>
    public int Read()
    {
        Span<byte> one = stackalloc byte[1];
        int count = _input.Read(one);
        if (count == ByteRing.Corrupt)
            Counters.Count(PathEvent.Violation);
        if (count <= 0)
            return -1;
        _domain.Events.Send(_port, Counters);
        return one[0];
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        ConsoleInput.Typed();
        return true;
    }
}
