using Guest.Rig.Qemu;

namespace Guest.Tool.Tests;

public sealed class GuestEndTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(127)]
    public void The_code_that_a_guest_writes_to_the_exit_port_is_what_the_shell_gets(int code)
    {
        GuestEnd end = GuestEnd.FromQemu((code << 1) | 1, shutdownReason: null);

        Assert.Equal((GuestEndKind.Exited, code, code), (end.Kind, end.Code, end.ShellCode));
    }

    [Theory]
    [InlineData(0, "guest-shutdown", GuestEndKind.PoweredOff, 0)]
    [InlineData(0, "guest-reset", GuestEndKind.Reset, 125)]
    [InlineData(0, "host-signal", GuestEndKind.Interrupted, 130)]
    [InlineData(0, "host-qmp-quit", GuestEndKind.Interrupted, 130)]
    [InlineData(134, null, GuestEndKind.Failed, 126)]
    public void Every_other_end_is_told_apart(int status, string? reason, GuestEndKind kind, int shellCode)
    {
        GuestEnd end = GuestEnd.FromQemu(status, reason);

        Assert.Equal((kind, shellCode), (end.Kind, end.ShellCode));
    }
}
