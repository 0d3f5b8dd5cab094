using System;
using System.Buffers.Binary;

namespace Guest.Core.Aml;

/// <summary>A name in byte code: four letters a segment, from the root or from where it stands (ACPI 6.5, 5.3).</summary>
internal readonly ref struct AmlPath(ReadOnlySpan<byte> segments, bool absolute, int parents)
{
    private readonly ReadOnlySpan<byte> _segments = segments;

    /// <summary>Whether it begins at the root.</summary>
    public bool Absolute { get; } = absolute;

    /// <summary>How many scopes it goes up first.</summary>
    public int Parents { get; } = parents;

    /// <summary>How many segments it has.</summary>
    public int Count => _segments.Length / 4;

    /// <summary>A segment's letters in one number.</summary>
    public uint this[int index] => BinaryPrimitives.ReadUInt32LittleEndian(_segments[(index * 4)..]);

    /// <summary>The number of a segment that is written out.</summary>
    public static uint Segment(ReadOnlySpan<byte> fourLetters) => BinaryPrimitives.ReadUInt32LittleEndian(fourLetters);
}
