using Guest.Rig.Network;

namespace Guest.Tool.Tests;

public sealed class InternetChecksumTests
{
    // RFC 1071, 3: the sum of these is 0xddf2.
    [Fact]
    public void The_example_of_RFC_1071() =>
        Assert.Equal(unchecked((ushort)~0xddf2), InternetChecksum.Of([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]));

    [Fact]
    public void A_last_odd_byte_is_the_high_half_of_a_word() =>
        Assert.Equal(InternetChecksum.Of([0x12, 0x34, 0x56, 0x00]), InternetChecksum.Of([0x12, 0x34, 0x56]));
}
