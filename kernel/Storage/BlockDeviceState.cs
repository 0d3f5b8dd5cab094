namespace Guest.Storage;

/// <summary>Whether a disk takes requests.</summary>
public enum BlockDeviceState
{
    /// <summary>It does.</summary>
    Ready,

    /// <summary>Not now, but it may come back: a back end is restarting. <see cref="BlockQueue"/> keeps requests until then, or until
    /// their time is over.</summary>
    Away,

    /// <summary>Never again: detached, or a reset did not help.</summary>
    Gone,
}
