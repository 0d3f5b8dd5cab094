using System.Threading;
using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>Memory-mapped registers. The mapping is uncached, so the processor neither merges nor reorders; <see cref="Volatile"/>
/// keeps the compiler from it.</summary>
internal sealed unsafe class MemoryWindow(nuint mapped, PathCounters counters) : RegisterWindow(counters, ports: false)
{
    private readonly byte* _registers = (byte*)mapped;

    protected override byte Load8(int offset) => Volatile.Read(ref *(_registers + offset));

    protected override ushort Load16(int offset) => Volatile.Read(ref *(ushort*)(_registers + offset));

    protected override uint Load32(int offset) => Volatile.Read(ref *(uint*)(_registers + offset));

    protected override void Store8(int offset, byte value) => Volatile.Write(ref *(_registers + offset), value);

    protected override void Store16(int offset, ushort value) => Volatile.Write(ref *(ushort*)(_registers + offset), value);

    protected override void Store32(int offset, uint value) => Volatile.Write(ref *(uint*)(_registers + offset), value);
}
