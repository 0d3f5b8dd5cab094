using Guest.Core.Time;

namespace Guest.Core.Tests;

public sealed class InstantTests
{
    [Fact]
    public void Never_stays_never_whatever_is_added() => Assert.Equal(Instant.Never, Instant.Never + Duration.FromSeconds(1));

    [Fact]
    public void A_sum_past_the_end_is_never() =>
        Assert.Equal(Instant.Never, new Instant(long.MaxValue - 5) + Duration.FromSeconds(1));

    [Fact]
    public void The_earlier_of_a_deadline_and_never_is_the_deadline() =>
        Assert.Equal(new Instant(7), Instant.Earlier(Instant.Never, new Instant(7)));

    [Fact]
    public void Units_convert_by_rounding_down()
    {
        Duration duration = Duration.FromMicroseconds(1_999_999);

        Assert.Equal((1_999_999L, 1_999L, 1L), (duration.Microseconds, duration.Milliseconds, duration.Seconds));
    }
}
