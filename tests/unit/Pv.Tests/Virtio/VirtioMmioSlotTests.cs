using FsCheck.Xunit;
using Guest.Pv.Virtio;

namespace Guest.Pv.Tests.Virtio;

public class VirtioMmioSlotTests
{
    [Theory]
    [InlineData("512@0xfeb00e00:12", 0xfeb00e00, 512, 12)] // as QEMU's microvm writes it
    [InlineData("4K@0x1001e000:74:0", 0x1001e000, 4096, 74)] // as Linux's documentation does
    [InlineData("1M@16:0x5", 16, 1 << 20, 5)]
    public void A_slot_is_read(string text, ulong address, ulong length, int line)
    {
        Assert.True(VirtioMmioSlot.TryParse(text, out VirtioMmioSlot slot));
        Assert.Equal(new(address, length, line), slot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("512")]
    [InlineData("512@")]
    [InlineData("512@0x")]
    [InlineData("512@0xfeb00e00")]
    [InlineData("512@0xfeb00e00:")]
    [InlineData("512@0xfeb00e00:256")]
    [InlineData("512@0xfeb00e00:12:")]
    [InlineData("512@0xfeb00e00:12 ")]
    [InlineData("0@0xfeb00e00:12")]
    [InlineData("G@0xfeb00e00:12")]
    [InlineData("512@0x1ffffffffffffffff:12")]
    public void What_is_no_slot_is_refused(string text) => Assert.False(VirtioMmioSlot.TryParse(text, out _));

    [Property]
    public void Any_text_is_read_or_refused(string? text)
    {
        bool read = VirtioMmioSlot.TryParse(text, out VirtioMmioSlot slot);

        Assert.True(!read || slot.Length != 0);
    }
}
