using System;
using System.Buffers.Binary;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Testing;

/// <summary>Registers that are plain memory in an array of the test's.</summary>
public sealed class ByteWindow(byte[] bytes, int start, PathCounters counters, bool ports = false) : RegisterWindow(counters, ports)
{
    protected override byte Load8(int offset) => bytes[start + offset];

    protected override ushort Load16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(start + offset));

    protected override uint Load32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(start + offset));

    protected override void Store8(int offset, byte value) => bytes[start + offset] = value;

    protected override void Store16(int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(start + offset), value);

    protected override void Store32(int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(start + offset), value);
}
