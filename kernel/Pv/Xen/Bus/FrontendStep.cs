namespace Guest.Pv.Xen;

/// <summary>What a front end must do next.</summary>
public enum FrontendStep
{
    /// <summary>Wait for a change.</summary>
    Wait,

    /// <summary>A device appeared: find its back end, watch it, and say Initialising.</summary>
    Begin,

    /// <summary>The back end waits: make the rings and say Connected.</summary>
    Connect,

    /// <summary>Take the rings back and say Closed.</summary>
    Close,

    /// <summary>Closed on both ends, and the device stays: say Initialising again.</summary>
    Restart,

    /// <summary>The device's nodes are gone: take the rings back and say nothing.</summary>
    Forget,
}
