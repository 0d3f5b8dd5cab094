using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Guest.Net.Wire;

/// <summary>Sixteen bits as they lie in a packet: the more significant byte first.</summary>
/// <param name="Raw">The two bytes as the processor loads them. Comparing and summing need no more than this.</param>
public readonly record struct BigEndian16(ushort Raw)
{
    /// <summary>The number that the bytes stand for.</summary>
    public ushort Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReverseEndianness(Raw);
    }

    /// <summary>The bytes for a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BigEndian16 From(int value) => new(BinaryPrimitives.ReverseEndianness((ushort)value));
}
