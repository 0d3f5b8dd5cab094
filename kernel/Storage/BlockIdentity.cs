namespace Guest.Storage;

/// <summary>Which disk this is, as far as it says; each text printable ASCII without padding, empty if it does not say.</summary>
public sealed class BlockIdentity(string model, string serial)
{
    /// <summary>A disk that says nothing.</summary>
    public static BlockIdentity Unknown { get; } = new("", "");

    /// <summary>The maker's name for its kind.</summary>
    public string Model { get; } = model;

    /// <summary>Its own number.</summary>
    public string Serial { get; } = serial;
}
