using System.Text;

namespace Guest.Boot.Tests;

public sealed unsafe class BootInfoTests
{
    // Xen's PV loader has room for 1,024 bytes with the zero: a line of 1,023 may be a longer one's beginning.
    [Theory]
    [InlineData(0, 1023, false)]
    [InlineData(1022, 1023, false)]
    [InlineData(1023, 1023, true)]
    [InlineData(1024, 1025, false)]
    [InlineData(1025, 1025, true)]
    [InlineData(4000, 1025, true)]
    public void A_line_that_was_cut_or_may_have_been_is_known(int length, int limit, bool cut)
    {
        byte[] line = Encoding.ASCII.GetBytes(new string('x', length) + '\0');
        BootInfo boot = default;
        fixed (byte* bytes = line)
            boot.CopyCommandLine(bytes, limit);

        Assert.Equal(cut, boot.CommandLineWasCut);
        Assert.Equal(cut ? limit - 1 : length, boot.CommandLine.Length);
    }

    [Fact]
    public void No_line_is_an_empty_one()
    {
        BootInfo boot = default;
        boot.CopyCommandLine(null);

        Assert.Equal(0, boot.CommandLine.Length);
        Assert.False(boot.CommandLineWasCut);
    }
}
