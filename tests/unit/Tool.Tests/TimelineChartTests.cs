using System;
using Guest.Tool.Bench.Output;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Tests;

public sealed class TimelineChartTests
{
    [Fact]
    public void Every_owner_has_a_lane_with_its_sum_and_every_step_says_what_it_is()
    {
        string drawn = TimelineChart.Draw(Subject(
            new("guest", "stack", 1_000), new("xen", "event_channel_op <32>", 3_000), new("host kernel", "bridge", 2_000),
            new("guest", "driver", 500), new("halted", "other", 0)));

        Assert.Contains("6,500 instructions", drawn, StringComparison.Ordinal);
        Assert.Contains(">guest: 1,500<", drawn, StringComparison.Ordinal);
        Assert.Contains(">dom0&#39;s kernel: 2,000<", drawn.Replace("'", "&#39;", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("event_channel_op &lt;32&gt;: 3,000 instructions, from the 1,001th", drawn, StringComparison.Ordinal);
        Assert.Contains("the processor halts", drawn, StringComparison.Ordinal);
        Assert.Contains("all 5 steps", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Xen_the_Linux_is_the_hosts() =>
        Assert.Contains(">host kernel: 20<", TimelineChart.Draw(Subject(new("guest", "stack", 10), new("host kernel", "KVM", 20))), StringComparison.Ordinal);

    private static SubjectResult Subject(params TimelineStep[] steps) =>
        new() { System = "guest", Path = "xen-pv", Application = "echo", Timeline = [.. steps] };
}
