using System.Collections.Generic;
using Guest.Rig.Measure;
using Guest.Tool.Bench;
using Guest.Tool.Bench.Results;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Tests;

public sealed class HypercallReadingTests
{
    private const string Trace = """
        |-- Domain 0 --|
        -- v0 --
         Runstates:
           running:     150  0.07s 440690 {330330|425880|1247246}
        PV events:
          hypercall  300
            sched_op                     [29]:    200
            evtchn_op                    [32]:    100
        |-- Domain 3 --|
        -- v0 --
         Runstates:
           running:     100  0.07s 440690 {330330|425880|1247246}
        PV events:
          emulate privop  400
          hypercall  200
            sched_op                     [29]:    100
            evtchn_op                    [32]:    100
        """;

    private static readonly HypercallReading s_reading = new(
        HypercallSummary.Parse(Trace), 3, OfAsking: Counters(sched: 2, events: 40), OfNothing: Counters(sched: 12, events: 60), IsTold: false);

    [Fact]
    public void What_asking_the_guest_costs_is_no_part_of_what_it_counted()
    {
        HypercallCheck check = s_reading.Compare(Counters(sched: 102, events: 140), units: 100);

        Assert.Equal(new Dictionary<string, double> { ["sched_op"] = 1, ["evtchn_op"] = 1 }, check.Inside);
        Assert.Equal(check.Outside, check.Inside);
    }

    [Fact]
    public void What_telling_the_guest_costs_is_no_part_of_either()
    {
        HypercallCheck check = (s_reading with { IsTold = true }).Compare(Counters(sched: 102, events: 140), units: 100);

        Assert.Equal(new Dictionary<string, double> { ["sched_op"] = 0.9, ["evtchn_op"] = 0.8 }, check.Inside);
        Assert.Equal(check.Outside, check.Inside);
    }

    [Fact]
    public void Xens_record_is_divided_by_the_packets()
    {
        HypercallCheck check = s_reading.Compare(Counters(sched: 102, events: 140), units: 100);

        Assert.Equal(4, check.Traps["emulate privop"]);
        Assert.Equal((1.0, 1.5, 0.0), (check.Switches["guest"], check.Switches["dom0"], check.Switches["idle"]));
    }

    [Fact]
    public void A_PVH_domains_hypercalls_are_exits_and_those_by_which_it_halts_are_none_of_them()
    {
        HypercallReading reading = s_reading with
        {
            Seen = HypercallSummary.Parse("""
                |-- Domain 0 --|
                PV events:
                  hypercall  300
                    sched_op                     [29]:    200
                    evtchn_op                    [32]:    100
                |-- Domain 3 --|
                Exit reasons:
                 VMEXIT_VMMCALL            200  0.30s 43.39% 893845 cyc { 34605|882123|1034265}
                    [  sched_op]      100  0.27s 39.45% 1627334 cyc { 34605|882123|1034265}
                    [ evtchn_op]      100  0.02s  3.94% 162000 cyc { 34605|882123|1034265}
                 VMEXIT_HLT                 50  0.10s 10.00% 893845 cyc { 34605|882123|1034265}
                """),
        };

        HypercallCheck check = reading.Compare(Counters(sched: 102, events: 140), units: 100);

        Assert.Equal(check.Inside, check.Outside);
        Assert.False(check.Disagrees);
        Assert.Equal(0.5, check.Traps["VMEXIT_HLT"]);
    }

    private static GuestCounters Counters(int sched, int events)
    {
        GuestCounters counters = new();
        counters.Add($$"""counters {"device":"xen","hypercall29":{{sched}},"hypercall32":{{events}}}""");
        return counters;
    }
}
