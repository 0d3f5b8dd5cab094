using System;
using Guest.Tool.Bench;

namespace Guest.Tool.Tests;

public sealed class InstructionReadingTests
{
    private static readonly InstructionReading s_before = new(
        1_000, new() { ["guest"] = 1_000, ["xen"] = 50_000 }, TimeSpan.FromSeconds(10));

    private static readonly InstructionReading s_after = new(
        5_000, new() { ["guest"] = 5_000, ["xen"] = 90_000 }, TimeSpan.FromSeconds(12));

    [Fact]
    public void A_second_has_its_part_of_what_two_had() =>
        Assert.Equal(20_000, s_after.Since(s_before).PerSecond.ByOwner["xen"]);

    [Fact]
    public void All_is_the_sum_over_the_owners_or_the_guest_alone() =>
        Assert.Equal((51_000.0, 7.0), (s_before.All, new InstructionReading(7, [], TimeSpan.Zero).All));
}
