using Guest.Xen.Rig.Domains;

namespace Guest.Xen.Rig.Tests;

public sealed class CrashReportTests
{
    private const string Printed = """
        (XEN) Pagetable walk from ffffca000002fff8:
        (XEN)  L4[0x194] = 0000000079a46027 0000000000000046
        (XEN) domain_crash_sync called from entry.S: fault at ffff82d0403602d0 x86_64/entry.S#domain_crash_page_fault_6x8+0/0x4
        (XEN) Domain 1 (vcpu#0) crashed on cpu#0:
        (XEN) ----[ Xen-4.17.7  x86_64  debug=n  Not tainted ]----
        (XEN) CPU:    0
        (XEN) RIP:    e033:[<ffffffff80101442>]
        (XEN) RFLAGS: 0000000000000206   EM: 1   CONTEXT: pv guest (d1v0)
        (XEN) rax: ffffffff801338c8   rbx: 00000000000007d7   rcx: ffff888000026b90
        (XEN) rbp: ffffca000003fb10   rsp: ffffca0000030000   r8:  ffff888000026b60
        (XEN) cr3: 0000000079b64000   cr2: ffffca000002fff8
        """;

    [Fact]
    public void The_fault_that_could_not_be_delivered_is_read_from_Xens_console()
    {
        CrashReport? report = CrashReport.Find(Printed.Split('\n'));

        Assert.Equal(new CrashReport(0xffffffff80101442, 0xffffca0000030000, 0xffffca000002fff8), report);
        Assert.EndsWith("\n  at 0xffffffff80101442\n", $"{report}");
    }

    [Fact]
    public void Of_several_the_last_counts()
    {
        string second = Printed.Replace("80101442", "80109999", System.StringComparison.Ordinal);

        Assert.Equal(0xffffffff80109999, CrashReport.Find($"{Printed}\n{second}".Split('\n'))!.Instruction);
    }

    [Fact]
    public void A_guest_that_ended_itself_has_none() =>
        Assert.Null(CrashReport.Find(["(XEN) Domain 1 (vcpu#0) crashed on cpu#0:", "(XEN) RIP:    e033:[<ffffffff80101442>]"]));
}
