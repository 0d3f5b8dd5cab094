namespace System.Security.Cryptography;

/// <summary>Names a hash function; SHA-256 is the one there is.</summary>
public readonly struct HashAlgorithmName(string? name)
{
    /// <summary>SHA-256.</summary>
    public static HashAlgorithmName SHA256 => new("SHA256");

    /// <summary>The name.</summary>
    public string? Name { get; } = name;
}
