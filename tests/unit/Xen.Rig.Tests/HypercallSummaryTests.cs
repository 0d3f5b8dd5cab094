using System.Collections.Generic;
using Guest.Xen.Rig.Tracing;

namespace Guest.Xen.Rig.Tests;

public sealed class HypercallSummaryTests
{
    // As xenalyze 4.17 prints it, shortened.
    private const string Text = """
        Total time: 5.68 seconds (using cpu speed 2.40 GHz)
        |-- Domain 0 --|
         Runstates:
           blocked:    1577  1.96s 2980053 {626178|13975521|239015679}
        PV events:
          page_fault  409
          hypercall  20701
            mmu_update                   [ 1]:   3505
            sched_op                     [29]:   1661
          hypercall (subcall)  318
            mmu_update                   [ 1]:    300
        Emulate eip list
        |-- Domain 1 --|
        -- v0 --
         Runstates:
           running:     400  0.07s 440690 {330330|425880|1247246}
          runnable:     399  0.04s 232251 {125996|171366|23274368}
        PV events:
          page_fault  3
          emulate privop  8041
          hypercall  4361
            sched_op                     [29]:   1562
            evtchn_op                    [32]:   1002
        -- v1 --
         Runstates:
           running:      20  0.07s 440690 {330330|425880|1247246}
        PV events:
          hypercall  3
            sched_op                     [29]:   3
        Emulate eip list
        |-- Domain 2 --|
        -- v0 --
        Exit reasons:
         VMEXIT_INTR                 8  0.00s  0.10% 207275 cyc {96564|209846|350948}
                    [  0]: 8
         VMEXIT_VMMCALL            799  0.30s 43.39% 893845 cyc {154128|1141998|1837186}
            [  sched_op]      399  0.27s 39.04% 1610593 cyc {1270906|1382004|2132234}
            [ evtchn_op]      400  0.03s  4.35% 178888 cyc {152906|159822|283400}
        Guest interrupt counts:
          [  3] 17

        """;

    private static readonly HypercallSummary s_summary = HypercallSummary.Parse(Text);

    [Fact]
    public void Each_domain_has_its_own_counts() =>
        Assert.Equal((1661L, 1002L), (s_summary.Count(0, "sched_op"), s_summary.Count(1, "evtchn_op")));

    [Fact]
    public void The_calls_inside_multicalls_are_not_counted_again() => Assert.Equal(3505, s_summary.Count(0, "mmu_update"));

    [Fact]
    public void The_virtual_processors_of_a_domain_are_added() =>
        Assert.Equal((1565L, 2567L), (s_summary.Count(1, "sched_op"), s_summary.Total(1)));

    [Fact]
    public void What_was_never_called_counts_zero() =>
        Assert.Equal((0L, 0L), (s_summary.Count(1, "memory_op"), s_summary.Total(7)));

    [Fact]
    public void The_description_begins_with_the_most_frequent() =>
        Assert.Equal("sched_op 1565, evtchn_op 1002", s_summary.Describe(1));

    [Fact]
    public void A_domain_with_hardwares_help_has_its_hypercalls_among_its_exits() =>
        Assert.Equal((399L, 400L, 799L), (s_summary.Count(2, "sched_op"), s_summary.Count(2, "evtchn_op"), s_summary.Total(2)));

    [Fact]
    public void What_enters_Xen_without_a_hypercall_is_counted_apart()
    {
        Assert.Equal(new Dictionary<string, long> { ["page_fault"] = 3, ["emulate privop"] = 8041 }, s_summary.Traps(1));
        Assert.Equal(new Dictionary<string, long> { ["VMEXIT_INTR"] = 8 }, s_summary.Traps(2));
    }

    [Fact]
    public void How_often_a_domain_was_given_a_processor_is_the_sum_over_its_virtual_ones() => Assert.Equal(420, s_summary.Runs(1));

    [Fact]
    public void A_number_has_the_name_that_a_PV_domain_used_it_by() =>
        Assert.Equal(("evtchn_op", "63"), (s_summary.NameOf(32), s_summary.NameOf(63)));
}
