using Guest.Core;

namespace System.Security.Cryptography;

/// <summary>Random numbers that nobody can guess, by the BCL's names. Less than in the BCL: only the static members.</summary>
public abstract class RandomNumberGenerator
{
    /// <summary>Fills bytes.</summary>
    public static void Fill(Span<byte> data) => Processor.Current.Random.Fill(data);

    /// <summary>Bytes, in memory that is never given back: <see cref="Fill"/> needs none.</summary>
    public static byte[] GetBytes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 0);
        byte[] bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A number from 0 to below <paramref name="toExclusive"/>.</summary>
    public static int GetInt32(int toExclusive) => GetInt32(0, toExclusive);

    /// <summary>A number from <paramref name="fromInclusive"/> to below <paramref name="toExclusive"/>.</summary>
    public static int GetInt32(int fromInclusive, int toExclusive)
    {
        if (fromInclusive >= toExclusive)
            throw new ArgumentException("there is no number in an empty range");
        return fromInclusive + (int)Processor.Current.Random.NextBelow((uint)(toExclusive - fromInclusive));
    }
}
