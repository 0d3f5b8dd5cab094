using System.Runtime.CompilerServices;

namespace Guest.Net.Stack;

/// <summary>The number of a byte in one direction of a connection (RFC 9293, 3.4). Numbers go round after 2^32.</summary>
/// <remarks>Two are compared by which way round is shorter, so a comparison means something only while they are less than 2^31 apart: no window is larger than that.</remarks>
internal readonly record struct SequenceNumber(uint Value)
{
    /// <summary>Whether two are the same: in place, where a record would ask a comparer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(SequenceNumber other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Value;

    /// <summary>The number of a byte further on, or, with a negative count, further back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceNumber operator +(SequenceNumber number, int bytes) => new(unchecked(number.Value + (uint)bytes));

    /// <summary>How many bytes <paramref name="a"/> lies behind <paramref name="b"/>; negative if before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int operator -(SequenceNumber a, SequenceNumber b) => unchecked((int)(a.Value - b.Value));

    /// <summary>Whether one comes before the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <(SequenceNumber a, SequenceNumber b) => a - b < 0;

    /// <summary>Whether one comes after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator >(SequenceNumber a, SequenceNumber b) => a - b > 0;

    /// <summary>Whether one does not come after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <=(SequenceNumber a, SequenceNumber b) => a - b <= 0;

    /// <summary>Whether one does not come before the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator >=(SequenceNumber a, SequenceNumber b) => a - b >= 0;

    /// <summary>The later of two.</summary>
    public static SequenceNumber Later(SequenceNumber a, SequenceNumber b) => a >= b ? a : b;

    /// <summary>The earlier of two.</summary>
    public static SequenceNumber Earlier(SequenceNumber a, SequenceNumber b) => a <= b ? a : b;
}
