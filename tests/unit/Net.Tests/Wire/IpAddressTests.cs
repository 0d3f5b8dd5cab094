using System;
using System.Text;
using FsCheck.Xunit;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Wire;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("fe80::1:2:3:4", "fe80::1:2:3:4")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    public void Text_is_read_and_written(string text, string canonical)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(canonical, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1.")]
    [InlineData("10.0.0.01")]
    [InlineData("10.0.0.1 ")]
    [InlineData("+1.0.0.1")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8:")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("1:")]
    [InlineData(":1")]
    public void What_is_no_address_is_refused(string text) => Assert.False(IpAddress.TryParse(text, out _));

    [Property]
    public void Sixteen_bytes_go_through_text_unchanged(ulong high, ulong low)
    {
        IpAddress address = new(high, low);
        Assert.True(IpAddress.TryParse(address.ToString(), out IpAddress again));
        Assert.Equal(address, again);
    }

    [Property]
    public void Text_is_what_the_BCL_writes(ulong high, ulong low, ushort zeros)
    {
        // Random groups are hardly ever zero: make some so.
        Span<byte> bytes = stackalloc byte[16];
        new IpAddress(high, low).Write(bytes);
        for (int i = 0; i < 8; i++)
        {
            if ((zeros & (1 << i)) != 0)
                bytes[i * 2] = bytes[(i * 2) + 1] = 0;
        }

        IpAddress address = IpAddress.Read(bytes);
        if (address.High != 0)
            Assert.Equal(BclText(bytes.ToArray()), address.ToString());
    }

    [Fact]
    public void Kinds_are_told()
    {
        Assert.True(Parse("224.0.0.1").IsMulticast);
        Assert.True(Parse("ff02::1").IsMulticast);
        Assert.False(Parse("223.255.255.255").IsMulticast);
        Assert.True(IpAddress.AnyIpv4.IsUnspecified);
        Assert.True(default(IpAddress).IsUnspecified);
        Assert.NotEqual(default, IpAddress.AnyIpv4);
        Assert.Equal("10.0.0.1", Encoding.ASCII.GetString(Parse("10.0.0.1").Format(new byte[IpAddress.TextCapacity])));
    }

    [Theory]
    [InlineData("10.1.2.3/8", "10.255.0.1", true)]
    [InlineData("10.1.2.3/8", "11.0.0.1", false)]
    [InlineData("10.1.2.3/0", "192.0.2.1", true)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.2", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("2001:db8::1/127", "2001:db8::", true)]
    [InlineData("2001:db8::1/128", "2001:db8::", false)]
    [InlineData("::/0", "10.0.0.1", false)]
    public void Prefix_contains_what_shares_its_bits(string prefix, string address, bool contained)
    {
        Assert.True(IpPrefix.TryParse(prefix, out IpPrefix parsed));
        Assert.Equal(contained, parsed.Contains(Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/999999999999")]
    [InlineData("::/129")]
    public void What_is_no_prefix_is_refused(string text) => Assert.False(IpPrefix.TryParse(text, out _));

    [Theory]
    [InlineData(0xffff_ff00u, 24)]
    [InlineData(0xffff_ffffu, 32)]
    [InlineData(0u, 0)]
    public void Mask_has_a_length(uint mask, int length)
    {
        Assert.True(IpPrefix.TryLengthOfMask(mask, out int found));
        Assert.Equal(length, found);
        Assert.Equal(mask, new IpPrefix(IpAddress.AnyIpv4, found).MaskIpv4);
    }

    [Fact]
    public void Mask_with_a_hole_has_none() => Assert.False(IpPrefix.TryLengthOfMask(0xff00_ff00, out _));

    // By reflection, since the kernel's own IPAddress hides the BCL's from this project.
    private static string BclText(byte[] bytes) =>
        Activator.CreateInstance(Type.GetType("System.Net.IPAddress, System.Net.Primitives", throwOnError: true)!, [bytes])!.ToString()!;

    private static IpAddress Parse(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        return address;
    }
}
