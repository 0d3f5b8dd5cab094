using System;
using FsCheck.Xunit;
using Guest.Core.Power;

namespace Guest.Core.Tests.Power;

public sealed class GenericEventDeviceTests
{
    // Device (GED) as QEMU 7.2 describes it on a microvm: the events' register is at 0xfea00000, the button is its bit 1.
    private const string Microvm =
        "5b824c06 4745445f 085f4849440d4143504930303133 00 085f5549440d47454400 085f435253110e0a0b 8906000301 09000000 7900"
        + " 5b8045524547 00 0c0000a0fe 0a04 5b810b 45524547 43 4553454c 20 141d5f455654 09 704553454c60"
        + " a010 93 7b600a0200 0a02 86 50575242 0a80 5b8219 50575242";

    [Fact]
    public void The_button_of_a_microvm_is_found() =>
        Assert.Equal(new GenericEventDevice(0xfea0_0000, 4, 9, 2), GenericEventDevice.TryFind(AmlScanTests.Bytes(Microvm)));

    [Fact]
    public void A_register_of_one_byte_and_another_bit_are_found_too()
    {
        string other = Microvm.Replace("0a04 5b81", "0a01 5b81", StringComparison.Ordinal)
            .Replace("7b600a0200", "7b610a0800", StringComparison.Ordinal);

        Assert.Equal(new GenericEventDevice(0xfea0_0000, 1, 9, 8), GenericEventDevice.TryFind(AmlScanTests.Bytes(other)));
    }

    [Theory]
    [InlineData("4143504930303133", "4143504930303134")]
    [InlineData("8906000301", "8907000301")]
    [InlineData("5b8045524547 00", "5b8045524547 01")]
    [InlineData("7b600a0200", "7c600a0200")]
    [InlineData("86 50575242", "87 50575242")]
    public void A_device_of_another_shape_is_left_alone(string part, string other) =>
        Assert.Null(GenericEventDevice.TryFind(AmlScanTests.Bytes(Microvm.Replace(part, other, StringComparison.Ordinal))));

    [Property]
    public bool Any_bytes_are_read_within_their_bounds(byte[] noise, byte at, byte cut)
    {
        byte[] aml = AmlScanTests.Bytes(Microvm);
        for (int i = 0; i < noise.Length && at + i < aml.Length; i++)
            aml[at + i] = noise[i];
        GenericEventDevice? found = GenericEventDevice.TryFind(aml.AsSpan(0, Math.Max(0, aml.Length - cut)));
        return found is null || found.Value.ButtonBits != 0;
    }
}
