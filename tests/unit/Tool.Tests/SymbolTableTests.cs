using Guest.Rig;
using Guest.Rig.Measure;

namespace Guest.Tool.Tests;

public sealed class SymbolTableTests
{
    // As nm, Linux and Xen print theirs; Linux does not sort those of its modules.
    private const string Text = """
        ffffffff8011caf8 T Guest_Pv_Guest_Pv_Xen_EventChannels__Send
        ffffffffc02b4bf0 t virtnet_poll	[virtio_net]
        ffffffffc022c010 t br_handle_frame	[bridge]
        ffff82d0402f9de0 t arch/x86/domain.c#__context_switch
                         U undefined
        """;

    private static readonly SymbolTable s_table = SymbolTable.Parse(Text);

    [Theory]
    [InlineData(0xffff_ffff_8011_caf8, "Guest_Pv_Guest_Pv_Xen_EventChannels__Send")]
    [InlineData(0xffff_ffff_c022_c0ff, "br_handle_frame\t[bridge]")]
    [InlineData(0xffff_82d0_402f_9de1, "arch/x86/domain.c#__context_switch")]
    [InlineData(0x1000, "0x1000")]
    public void An_address_belongs_to_the_function_that_begins_before_it(ulong address, string name) =>
        Assert.Equal(name, s_table.Find(address));

    [Fact]
    public void A_function_is_found_by_the_end_of_its_name() => Assert.Equal(0xffff_ffff_8011_caf8, s_table.AddressOf("EventChannels__Send"));

    [Fact]
    public void A_function_that_is_not_there_is_named() =>
        Assert.Contains("Job__Loop", Assert.Throws<RigException>(() => s_table.AddressOf("Job__Loop")).Message, System.StringComparison.Ordinal);
}
