using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Tool.Bench.Claims;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

public sealed class ClaimJudgeTests
{
    private static readonly string[] s_nics = ["e1000", "e1000e", "rtl8139", "rtl8139c+", "ne2000"];

    [Fact]
    public void A_run_without_the_rows_says_so_and_names_them()
    {
        BenchResults results = TestResults.Of(Row("guest", "virtio", accesses: 1), Row("guest", "ne2000", accesses: 129));

        Assert.All(ClaimJudge.Judge(results), claim => Assert.Equal(ClaimJudge.NotMeasured, claim.Verdict));
        Assert.Contains("here lack: guest e1000, guest e1000e, guest rtl8139, guest rtl8139c+", Verdict(results, "emulated NIC is driven").Evidence);
    }

    [Fact]
    public void A_row_that_is_in_doubt_is_not_judged_by_and_says_why()
    {
        SubjectResult xen = Row("guest", "xen-pv", machine: 60_000, exits: 2, switches: 3.6);
        xen.Rows[0].Samples[0] = xen.Rows[0].Samples[0] with { MachineInstructionsDoubt = 6_001 };
        BenchResults results = TestResults.Of(
            xen, Row("kvm", "virtio", machine: 20_000, exits: 2, switches: 2), Row("kvm", "e1000", machine: 50_000, exits: 6, switches: 2));

        ClaimVerdict verdict = Verdict(results, "one more context switch");

        Assert.Equal(ClaimJudge.NotMeasured, verdict.Verdict);
        Assert.Contains("here lack: guest xen-pv (the whole machine's instructions came out as 60,000 ±6,001", verdict.Evidence, StringComparison.Ordinal);
        Assert.True(results.Failed);
    }

    [Theory]
    [InlineData(2.0, ClaimJudge.Supported)]
    [InlineData(1.0, ClaimJudge.Refuted)]
    public void One_emulated_card_that_needs_hardly_more_refutes_that_all_need_far_more(double best, string verdict)
    {
        BenchResults results = TestResults.Of(
            [Row("guest", "virtio", accesses: 1), .. s_nics.Select(nic => Row("guest", nic, accesses: nic == "e1000e" ? best : 4))]);

        Assert.Equal(verdict, Verdict(results, "emulated NIC is driven").Verdict);
    }

    [Fact]
    public void Without_counts_from_outside_nothing_can_be_told_of_registers()
    {
        BenchResults results = TestResults.Of([Row("guest", "virtio"), .. s_nics.Select(nic => Row("guest", nic))]);

        Assert.Equal(ClaimJudge.CannotBeTold, Verdict(results, "emulated NIC is driven").Verdict);
    }

    [Theory]
    [InlineData(60_000, ClaimJudge.Supported)]
    [InlineData(30_000, ClaimJudge.Refuted)]
    public void Xens_switch_undoes_its_interface_if_an_emulated_card_on_KVM_costs_less_altogether(double xen, string verdict)
    {
        BenchResults results = TestResults.Of(
            Row("guest", "xen-pv", machine: xen, exits: 2, switches: 3.6),
            Row("kvm", "virtio", machine: 20_000, exits: 2, switches: 2),
            Row("kvm", "e1000", machine: 50_000, exits: 6, switches: 2));

        Assert.Equal(verdict, Verdict(results, "one more context switch").Verdict);
    }

    [Theory]
    [InlineData(10_000, 2_200, ClaimJudge.Supported)]
    [InlineData(10_000, 5_001, ClaimJudge.Refuted)]
    public void A_connection_is_held_against_a_frame_on_each_kind_of_path(double connection, double frame, string verdict)
    {
        SubjectResult[] subjects = [.. new[] { "virtio", "e1000", "xen-pv" }.Select(path => Row("guest", path))];
        BenchResults results = TestResults.Of(subjects);
        Assert.Equal(ClaimJudge.NotMeasured, Verdict(results, "raw Ethernet frame").Verdict);

        foreach (SubjectResult subject in subjects)
        {
            subject.Rows.Add(new RowResult { Workload = "tcp-connect", Samples = [Of(connection)] });
            subject.Rows.Add(new RowResult { Workload = "raw-64x1", Samples = [Of(subject.Path == "e1000" ? frame : 1_000)] });
        }

        Assert.Equal(verdict, Verdict(results, "raw Ethernet frame").Verdict);

        static Sample Of(double instructions) => new() { Units = 1, Lost = 0, Seconds = 1, Instructions = instructions };
    }

    private static ClaimVerdict Verdict(BenchResults results, string words) =>
        Assert.Single(ClaimJudge.Judge(results), claim => claim.Claim.Contains(words, StringComparison.Ordinal));

    private static SubjectResult Row(
        string system, string path, double? accesses = null, double machine = 0, double exits = 0, double switches = 0)
    {
        Sample sample = new()
        {
            Units = 1, Lost = 0, Seconds = 1, Instructions = 3_000, Accesses = accesses,
            InstructionsByOwner = new Dictionary<string, double> { ["guest"] = machine },
            Host = new Dictionary<string, double> { ["exits"] = exits, ["switches"] = switches },
        };
        SubjectResult subject = new() { System = system, Path = path, Application = "echo" };
        subject.Rows.Add(new RowResult { Workload = TestResults.Workload, Samples = [sample] });
        return subject;
    }
}
