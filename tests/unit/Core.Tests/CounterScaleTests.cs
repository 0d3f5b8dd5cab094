using FsCheck.Xunit;
using Guest.Core.Time;

namespace Guest.Core.Tests;

public sealed class CounterScaleTests
{
    [Theory]
    [InlineData(1_000_000_000, 123_456_789, 123_456_789)]
    [InlineData(2_500_000_000, 2_500_000_000, 1_000_000_000)]
    [InlineData(62_500_000, 1, 16)]
    public void Ticks_become_nanoseconds(ulong frequency, ulong ticks, long nanoseconds) =>
        Assert.InRange(new CounterScale(frequency).ToNanoseconds(ticks), nanoseconds - 1, nanoseconds);

    [Fact]
    public void A_century_of_ticks_does_not_overflow()
    {
        CounterScale scale = new(3_000_000_000);
        const ulong century = 100UL * 365 * 24 * 3600;

        long nanoseconds = scale.ToNanoseconds(century * 3_000_000_000);

        Assert.InRange(nanoseconds, (long)(century * 1_000_000_000) - 4_000_000_000, (long)(century * 1_000_000_000));
    }

    [Property]
    public bool There_and_back_loses_less_than_a_millionth(uint kilohertz, uint microseconds)
    {
        CounterScale scale = new((kilohertz % 10_000_000UL) * 1000 + 1_000_000);
        long nanoseconds = microseconds * 1000L;
        long back = scale.ToNanoseconds(scale.ToTicks(nanoseconds));
        return back <= nanoseconds && nanoseconds - back <= 1_000 + (nanoseconds / 1_000_000);
    }
}
