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

        Assert.Equal("?[?? ???", Text($"{hostile} {"\n\u001b\u0085"}"));
    }

    [Fact]
    public void Text_of_any_script_is_UTF_8() =>
        Assert.Equal("Zürich 東京 😀 \ufffd.", Text($"Zürich {"東京 😀"} {"\ud83d."}"));

    [Fact]
    public void A_line_is_not_cut_within_a_character()
    {
        string full = new('a', LogLine.Capacity - 2);

        Assert.Equal(full, Text($"{full}東"));
        Assert.Equal(full + "ü", Text($"{full}ü"));
    }

    [Fact]
    public void A_line_that_is_too_long_is_cut() => Assert.Equal(new string('a', LogLine.Capacity), Text($"{new string('a', 500)}"));

    private static string Text(ref LogLine line) => Encoding.UTF8.GetString(line.Bytes);
}
