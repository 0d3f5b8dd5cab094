using Guest.Rig.Measure;
using Guest.Xen.Rig.Tracing;

namespace Guest.Xen.Rig.Tests;

public sealed class XenCodeTests
{
    [Theory]
    [InlineData(0xffff_ffff_8010_0000, CodeRange.Guest)]
    [InlineData(0xffff_ffff_8100_0000, CodeRange.HostKernel)]
    [InlineData(0xffff_ffff_c012_3456, CodeRange.HostKernel)]
    [InlineData(0xffff_82d0_4020_0000, XenCode.Xen)]
    [InlineData(0x0000_5555_5555_4000, CodeRange.HostPrograms)]
    public void An_address_tells_whose_code_it_is(ulong address, string owner) => Assert.Equal(owner, XenCode.OwnerOf(address));
}
