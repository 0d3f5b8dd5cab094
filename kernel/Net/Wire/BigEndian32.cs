using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Guest.Net.Wire;

/// <summary>Thirty-two bits as they lie in a packet: the most significant byte first.</summary>
/// <param name="Raw">The four bytes as the processor loads them. Comparing and summing need no more than this.</param>
public readonly record struct BigEndian32(uint Raw)
{
    /// <summary>The number that the bytes stand for.</summary>
    public uint Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReverseEndianness(Raw);
    }

    /// <summary>The bytes for a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BigEndian32 From(uint value) => new(BinaryPrimitives.ReverseEndianness(value));
}
