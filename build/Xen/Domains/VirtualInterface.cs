namespace Guest.Xen.Rig.Domains;

/// <summary>A network interface of a domain (xl-network-configuration(5)).</summary>
public sealed record VirtualInterface
{
    /// <summary>The bridge that it is put on; null: xl's default.</summary>
    public string? Bridge { get; init; }

    /// <summary>The hardware address; null: xl chooses one.</summary>
    public string? Mac { get; init; }

    /// <summary>As xl reads it.</summary>
    public override string ToString()
    {
        string mac = Mac is null ? "" : $"mac={Mac}";
        string bridge = Bridge is null ? "" : $"bridge={Bridge}";
        return mac.Length > 0 && bridge.Length > 0 ? $"{mac},{bridge}" : mac + bridge;
    }
}
