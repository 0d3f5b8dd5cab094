using Guest.Rig.Qemu;

namespace Guest.Tool.Tests;

public sealed class KernelCommandLineTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("ip=10.0.0.2/24 log=debug", "ip=10.0.0.2/24 log=debug")]
    [InlineData("hash length=16M", "-- hash length=16M")]
    [InlineData("log=debug hash length=16M", "log=debug -- hash length=16M")]
    [InlineData("log=debug -- length=16M", "log=debug -- length=16M")]
    [InlineData("-- hash -- x", "-- hash -- x")]
    [InlineData("=odd", "-- =odd")]
    public void Options_are_the_kernels_and_the_rest_is_the_applications(string typed, string commandLine) =>
        Assert.Equal(commandLine, KernelCommandLine.Compose(typed.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)));
}
