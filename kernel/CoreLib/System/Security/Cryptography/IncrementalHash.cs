namespace System.Security.Cryptography;

/// <summary>A hash of data that comes in pieces. Less than in the BCL: SHA-256 alone, and nothing is returned in new arrays.</summary>
public sealed class IncrementalHash : IDisposable
{
    private Sha256State _state = Sha256State.Initial;

    private IncrementalHash()
    {
    }

    /// <summary>Begins a hash.</summary>
    public static IncrementalHash CreateHash(HashAlgorithmName hashAlgorithm) => hashAlgorithm.Name == "SHA256"
        ? new IncrementalHash()
        : throw new PlatformNotSupportedException("only SHA-256 is there");

    /// <summary>Adds data.</summary>
    public void AppendData(ReadOnlySpan<byte> data) => _state.Append(data);

    /// <summary>Writes the hash of what was added, and begins anew.</summary>
    /// <returns>Bytes written: 32.</returns>
    public int GetHashAndReset(Span<byte> destination)
    {
        _state.Finish(destination);
        _state = Sha256State.Initial;
        return SHA256.HashSizeInBytes;
    }

    /// <summary>Nothing is held.</summary>
    public void Dispose()
    {
    }
}
