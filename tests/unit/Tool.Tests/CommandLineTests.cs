namespace Guest.Tool.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("run", "echo", "--no-such-option")]
    [InlineData("run", "echo", "--path", "carrier-pigeon")]
    [InlineData("run", "echo", "--accel", "steam")]
    [InlineData("run", "echo", "--memory", "much")]
    [InlineData("run", "echo", "--memory", "1")]
    [InlineData("run", "echo", "--cpus", "-1")]
    [InlineData("run", "echo", "stray")]
    [InlineData("run")]
    [InlineData("nosuch")]
    [InlineData("build", "echo", "--", "stray")]
    [InlineData("xl", "echo", "--type", "hvm")]
    [InlineData("bench", "--path", "carrier-pigeon")]
    [InlineData("bench", "--workload", "tcp-9x9")]
    [InlineData("bench", "faults")]
    [InlineData("bench", "--quick", "--full")]
    [InlineData("bench", "--patience", "0")]
    [InlineData("bench", "--compare", "one")]
    public void A_command_line_that_cannot_be_understood_ends_with_2(params string[] arguments) =>
        Assert.Equal(2, Program.Main(arguments));

    [Theory]
    [InlineData("run", "nosuch")]
    [InlineData("build", "nosuch")]
    [InlineData("xl", "nosuch")]
    [InlineData("run", "disk", "--disk", "/nowhere/disk.img")]
    [InlineData("bench", "--path", "ide", "--workload", "udp-64x1")]
    [InlineData("bench", "--compare", "/nowhere", "/nowhere")]
    public void A_command_that_cannot_be_done_ends_with_1(params string[] arguments) =>
        Assert.Equal(1, Program.Main(arguments));

    [Theory]
    [InlineData("--help")]
    [InlineData("build", "--help")]
    [InlineData("run", "--help")]
    [InlineData("test", "--help")]
    [InlineData("doctor", "--help")]
    [InlineData("paths", "--help")]
    [InlineData("paths")]
    [InlineData("xl", "--help")]
    [InlineData("bench", "--help")]
    public void Help_and_lists_end_with_0(params string[] arguments) => Assert.Equal(0, Program.Main(arguments));
}
