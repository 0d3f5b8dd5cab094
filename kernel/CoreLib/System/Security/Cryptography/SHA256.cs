namespace System.Security.Cryptography;

/// <summary>SHA-256 (FIPS 180-4). Less than in the BCL: only the static one-shot; <see cref="IncrementalHash"/> takes pieces.</summary>
public static class SHA256
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashSizeInBytes = 32;

    /// <summary>Bits in a hash.</summary>
    public const int HashSizeInBits = 256;

    /// <summary>Writes the hash of data.</summary>
    /// <returns>Bytes written: 32.</returns>
    public static int HashData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Sha256State state = Sha256State.Initial;
        state.Append(source);
        state.Finish(destination);
        return HashSizeInBytes;
    }
}
