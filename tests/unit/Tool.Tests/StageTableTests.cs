using Guest.Tool.Bench.Timelines;

namespace Guest.Tool.Tests;

public sealed class StageTableTests
{
    private static readonly StageTable s_table = new(
        ("schedule", new("scheduler")),
        ("Guest_Net_*", new("stack")),
        ("[bridge]", new("bridge", IsTraffic: true)));

    [Theory]
    [InlineData("schedule", "scheduler")]
    [InlineData("common/sched/core.c#schedule", "scheduler")]
    [InlineData("schedule.constprop.0", "scheduler")]
    [InlineData("Guest_Net_Guest_Net_Stack_UdpEndpoint__Send", "stack")]
    [InlineData("br_handle_frame\t[bridge]", "bridge")]
    [InlineData("schedule\t[other]", "scheduler")]
    [InlineData("schedule_timeout", null)]
    [InlineData("br_handle_frame\t[bridge_more]", null)]
    public void A_function_is_known_by_its_name_its_start_or_its_module(string symbol, string? what) => Assert.Equal(what, s_table.Find(symbol)?.What);
}
