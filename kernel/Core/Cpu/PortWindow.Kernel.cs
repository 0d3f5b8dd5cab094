using System;
using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>I/O ports. An <c>out</c> is itself serialising enough: x86 completes earlier stores before it.</summary>
internal sealed unsafe class PortWindow(ushort first, PathCounters counters) : RegisterWindow(counters, ports: true)
{
    protected override byte Load8(int offset) => X86.In8((ushort)(first + offset));

    protected override ushort Load16(int offset) => X86.In16((ushort)(first + offset));

    protected override uint Load32(int offset) => X86.In32((ushort)(first + offset));

    protected override void Store8(int offset, byte value) => X86.Out8((ushort)(first + offset), value);

    protected override void Store16(int offset, ushort value) => X86.Out16((ushort)(first + offset), value);

    protected override void Store32(int offset, uint value) => X86.Out32((ushort)(first + offset), value);

    protected override void LoadString16(int offset, Span<byte> destination)
    {
        fixed (byte* to = destination)
            X86.InString16((ushort)(first + offset), to, destination.Length / 2);
        if ((destination.Length & 1) != 0)
            destination[^1] = (byte)Load16(offset);
    }

    protected override void StoreString16(int offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source)
            X86.OutString16((ushort)(first + offset), from, source.Length / 2);
        if ((source.Length & 1) != 0)
            Store16(offset, source[^1]);
    }

    protected override void LoadString32(int offset, Span<byte> destination)
    {
        int whole = destination.Length & ~3;
        fixed (byte* to = destination)
            X86.InString32((ushort)(first + offset), to, whole / 4);
        if (whole != destination.Length)
            base.LoadString32(offset, destination[whole..]);
    }

    protected override void StoreString32(int offset, ReadOnlySpan<byte> source)
    {
        int whole = source.Length & ~3;
        fixed (byte* from = source)
            X86.OutString32((ushort)(first + offset), from, whole / 4);
        if (whole != source.Length)
            base.StoreString32(offset, source[whole..]);
    }
}
