namespace Guest.Core;

/// <summary>Why the machine ends. The values are Xen's SHUTDOWN_* (xen/include/public/sched.h).</summary>
public enum ShutdownReason
{
    /// <summary>The application ended, or was asked to.</summary>
    PowerOff = 0,

    /// <summary>The machine is to start again.</summary>
    Reboot = 1,

    /// <summary>A panic.</summary>
    Crash = 3,
}
