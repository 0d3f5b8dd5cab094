namespace Guest.Rig.Qemu;

/// <summary>The ways in which a guest ends.</summary>
public enum GuestEndKind
{
    /// <summary>The guest gave an exit code.</summary>
    Exited,

    /// <summary>The guest switched its machine off without a code.</summary>
    PoweredOff,

    /// <summary>The machine was reset: a reboot, or a triple fault.</summary>
    Reset,

    /// <summary>Someone outside ended it: Ctrl-C, or the monitor.</summary>
    Interrupted,

    /// <summary>QEMU failed.</summary>
    Failed,
}
