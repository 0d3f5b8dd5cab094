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

    [Fact]
    public void Words_that_were_quoted_together_are_the_applications_if_their_first_is() =>
        Assert.Equal("log=debug -- write length=1M verify", KernelCommandLine.Compose(["log=debug", "write length=1M", "verify"]));
}
