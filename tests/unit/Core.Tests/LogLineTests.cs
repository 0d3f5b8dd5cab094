using System;
using System.Text;
using Guest.Core.Diagnostics;

namespace Guest.Core.Tests;

public sealed class LogLineTests
{
    [Fact]
    public void Numbers_are_decimal() => Assert.Equal("-5 0 18446744073709551615 -9223372036854775808", Text($"{-5} {0} {ulong.MaxValue} {long.MinValue}"));

    [Fact]
    public void X_gives_hexadecimal_of_at_least_so_many_digits() =>
        Assert.Equal("0x0 0xabc 0x00ab 0x00000000deadbeef", Text($"{0UL:x} {0xabcUL:x} {0xabUL:x4} {0xdeadbeefUL:x16}"));

    [Fact]
    public void What_cannot_be_printed_becomes_a_question_mark()
    {
        ReadOnlySpan<byte> hostile = [0x1b, (byte)'[', 0xff, 0];

        Assert.Equal("?[?? ?", Text($"{hostile} {"ü"}"));
    }

    [Fact]
    public void A_line_that_is_too_long_is_cut() => Assert.Equal(new string('a', LogLine.Capacity), Text($"{new string('a', 500)}"));

    private static string Text(ref LogLine line) => Encoding.ASCII.GetString(line.Bytes);
}
