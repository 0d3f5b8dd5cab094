namespace Guest.Rig.Host;

/// <summary>Who needs a <see cref="HostRequirement"/>.</summary>
public enum RequirementScope
{
    /// <summary>Building an image.</summary>
    Build,

    /// <summary>Running one in QEMU.</summary>
    Qemu,

    /// <summary>The integration tests, and Linux as a reference.</summary>
    Test,

    /// <summary>Running one on Xen.</summary>
    Xen,
}
