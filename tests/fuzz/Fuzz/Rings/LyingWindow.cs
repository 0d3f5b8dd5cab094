using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Fuzz.Rings;

/// <summary>Registers some of whose reads are lies; the second read of two need not be what the first was.</summary>
internal sealed class LyingWindow(LyingRegisters owner, RegisterWindow inner, PathCounters counters, bool ports) : RegisterWindow(counters, ports)
{
    protected override byte Load8(int offset) => (byte)owner.Read(inner, offset, static (window, at) => window.Read8(at));

    protected override ushort Load16(int offset) => (ushort)owner.Read(inner, offset, static (window, at) => window.Read16(at));

    protected override uint Load32(int offset) => owner.Read(inner, offset, static (window, at) => window.Read32(at));

    protected override void Store8(int offset, byte value) => owner.Write(inner, offset, value, static (window, at, written) => window.Write8(at, (byte)written));

    protected override void Store16(int offset, ushort value) => owner.Write(inner, offset, value, static (window, at, written) => window.Write16(at, (ushort)written));

    protected override void Store32(int offset, uint value) => owner.Write(inner, offset, value, static (window, at, written) => window.Write32(at, written));
}
