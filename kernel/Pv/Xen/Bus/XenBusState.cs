namespace Guest.Pv.Xen;

/// <summary>What each end of a device says of itself in its <c>state</c> node (io/xenbus.h).</summary>
public enum XenBusState : uint
{
    /// <summary>There is no node.</summary>
    Unknown = 0,

    /// <summary>It has begun.</summary>
    Initialising = 1,

    /// <summary>The back end has said what it can, and waits for the front end's rings.</summary>
    InitWait = 2,

    /// <summary>The front end has said where its rings are.</summary>
    Initialised = 3,

    /// <summary>It works.</summary>
    Connected = 4,

    /// <summary>It is being taken away.</summary>
    Closing = 5,

    /// <summary>It is gone.</summary>
    Closed = 6,

    /// <summary>It is being changed.</summary>
    Reconfiguring = 7,

    /// <summary>It was changed.</summary>
    Reconfigured = 8,
}
