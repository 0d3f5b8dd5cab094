namespace Guest.Xen.Rig.Domains;

/// <summary>What xl does with a domain that ended; the names of xl.cfg(5) in lower case.</summary>
public enum OnEnd
{
    /// <summary>It is removed.</summary>
    Destroy,

    /// <summary>It is removed, and made anew.</summary>
    Restart,

    /// <summary>It stays, ended, to be looked at.</summary>
    Preserve,
}
