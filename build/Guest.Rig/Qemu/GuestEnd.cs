namespace Guest.Rig.Qemu;

/// <summary>How a guest ended.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Code">The guest's own exit code, where it gave one; else 0.</param>
public readonly record struct GuestEnd(GuestEndKind Kind, int Code)
{
    /// <summary>The I/O port of QEMU's isa-debug-exit device: a guest writes its exit code, 0 to 127, there, and QEMU ends with
    /// <c>code &lt;&lt; 1 | 1</c>.</summary>
    public const int Port = 0xf4;

    /// <summary>What <c>./guest run</c> returns when the machine reset itself: a reboot, or a triple fault.</summary>
    public const int ResetCode = 125;

    /// <summary>What <c>./guest run</c> returns when QEMU failed or was killed.</summary>
    public const int FailedCode = 126;

    /// <summary>The exit code for the shell.</summary>
    public int ShellCode => Kind switch
    {
        GuestEndKind.Exited or GuestEndKind.PoweredOff => Code,
        GuestEndKind.Interrupted => 130,
        GuestEndKind.Reset => ResetCode,
        _ => FailedCode,
    };

    /// <summary>Reads how a QEMU ended whose machine had been started.</summary>
    /// <param name="status">QEMU's exit status.</param>
    /// <param name="shutdownReason">The <c>reason</c> of QMP's SHUTDOWN event, if there was one.</param>
    public static GuestEnd FromQemu(int status, string? shutdownReason) => (status, shutdownReason) switch
    {
        (_, "host-signal" or "host-qmp-quit") => new(GuestEndKind.Interrupted, 0),
        (0, "guest-reset") => new(GuestEndKind.Reset, 0),
        (0, _) => new(GuestEndKind.PoweredOff, 0),
        ( > 0 and < 128 + 128, null) when (status & 1) == 1 => new(GuestEndKind.Exited, status >> 1),
        _ => new(GuestEndKind.Failed, 0),
    };
}
