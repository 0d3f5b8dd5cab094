using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Testing;

namespace Guest.Boot.Tests.Hotplug;

/// <summary>A platform that knows what its models of devices allocate, so that this can be taken off from what the kernel does.</summary>
internal sealed class MeteredPlatform(FakePlatform inner) : Platform
{
    /// <summary>Bytes that models allocated so far.</summary>
    public long Excluded { get; private set; }

    public override string Name => inner.Name;

    public override Instant Now => inner.Now;

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => inner.PageTables;

    public override void Idle(Instant deadline) => inner.Idle(deadline);

    public override void WriteConsole(ReadOnlySpan<byte> bytes)
    {
    }

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new InvalidOperationException();

    public override nuint MapDevice(ulong address, ulong length) => (nuint)address;

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => new MeteredWindow(this, inner.OpenPorts(first, counters), counters, true);

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) =>
        new MeteredWindow(this, inner.OpenMemory(mapped, counters), counters, false);

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        long before = Begin();
        return End(before, inner.TryConnectMessage(handler, counters, out message));
    }

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters)
    {
        long before = Begin();
        return End(before, inner.TryConnectLine(line, handler, counters));
    }

    public override void Disconnect(IInterruptHandler handler)
    {
        long before = Begin();
        inner.Disconnect(handler);
        End(before, 0);
    }

    private static long Begin() => GC.GetAllocatedBytesForCurrentThread();

    private T End<T>(long before, T value)
    {
        Excluded += GC.GetAllocatedBytesForCurrentThread() - before;
        return value;
    }

    private sealed class MeteredWindow(MeteredPlatform platform, RegisterWindow window, PathCounters counters, bool ports)
        : RegisterWindow(counters, ports)
    {
        protected override byte Load8(int offset)
        {
            long before = Begin();
            byte value = window.Read8(offset);
            return platform.End(before, value);
        }

        protected override ushort Load16(int offset)
        {
            long before = Begin();
            ushort value = window.Read16(offset);
            return platform.End(before, value);
        }

        protected override uint Load32(int offset)
        {
            long before = Begin();
            uint value = window.Read32(offset);
            return platform.End(before, value);
        }

        protected override void Store8(int offset, byte value)
        {
            long before = Begin();
            window.Write8(offset, value);
            platform.End(before, 0);
        }

        protected override void Store16(int offset, ushort value)
        {
            long before = Begin();
            window.Write16(offset, value);
            platform.End(before, 0);
        }

        protected override void Store32(int offset, uint value)
        {
            long before = Begin();
            window.Write32(offset, value);
            platform.End(before, 0);
        }
    }
}
