using System;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Power;

namespace Guest.Core.Tests.Power;

public sealed class AmlScanTests
{
    // Scope (\) { Name (_S5, Package (0x04) { ... }) }, as QEMU's tables have it on a PC and on a microvm.
    [Theory]
    [InlineData("08 5f53355f 12 06 04 00000000", 0, 0)]
    [InlineData("105c00 08 5f53355f 12 07 04 0a05 000000", 5, 0)]
    [InlineData("08 5c 5f53355f 12 06 04 01 00 0000", 1, 0)]
    [InlineData("08 5f53355f 12 08 02 0a07 0a07 0000", 7, 7)]
    [InlineData("08 5f53355f 12 4700 02 0a05 0a06 0000", 5, 6)]
    [InlineData("08 5f53355f 12 0a 01 0c05000000", 5, 5)]
    [InlineData("08 5f53355f 12 0a 02 0b0500 0b0200", 5, 2)]
    public void The_sleep_types_of_S5_are_found(string aml, int a, int b)
    {
        Assert.True(AmlScan.TryFindSoftOff(Bytes("de ad " + aml + " be ef"), out byte foundA, out byte foundB));
        Assert.Equal((a, b), (foundA, foundB));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5f53355f")]
    [InlineData("08 5f53355f")]
    [InlineData("08 5f53355f 12")]
    [InlineData("08 5f53355f 12 02 00")]
    [InlineData("08 5f53355f 12 06")]
    [InlineData("08 5f53355f 12 c6 04")]
    [InlineData("08 5f53355f 0a 05")]
    [InlineData("08 5f53345f 12 06 04 05000000")]
    [InlineData("14 5f53355f 12 06 04 00000000")]
    public void What_is_no_package_of_that_name_is_passed_over(string aml) =>
        Assert.False(AmlScan.TryFindSoftOff(Bytes(aml), out _, out _));

    [Fact]
    public void A_broken_mention_does_not_hide_a_whole_one()
    {
        Assert.True(AmlScan.TryFindSoftOff(Bytes("08 5f53355f 0a 05 5f53355f 08 5f53355f 12 07 04 0a05 000000"), out byte a, out _));
        Assert.Equal(5, a);
    }

    [Property]
    public bool Any_bytes_are_read_within_their_bounds(byte[] noise, byte cut)
    {
        byte[] name = Bytes("08 5f53355f 12");
        byte[] aml = [.. name, .. noise];
        AmlScan.TryFindSoftOff(aml.AsSpan(0, Math.Min(cut, aml.Length)), out byte a, out byte b);
        return a <= 7 && b <= 7;
    }

    internal static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => c != ' ')));
}
