using System;

namespace Guest.CoreLib.Tests;

public class LanguageCheckTests
{
    [Fact]
    public void Every_check_holds_in_compiled_code()
    {
        (int exitCode, string[] lines) = LanguageChecksProgram.Run();
        Assert.DoesNotContain(lines, line => line.StartsWith("FAILED", StringComparison.Ordinal));
        Assert.Equal("done", lines[^1]);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("number: hexadecimal with leading zeros")]
    [InlineData("copy: all sizes up to 700, overlapping by any distance in steps of 1 to 40")]
    [InlineData("record struct: equal")]
    [InlineData("interface: dispatch over several types, twice from the cache")]
    [InlineData("delegate: closure")]
    [InlineData("static: eager constructor has run")]
    [InlineData("arena: counts bytes and objects")]
    public void The_checks_of_each_kind_were_run(string check) => Assert.Contains("ok " + check, LanguageChecksProgram.Run().Lines);
}
