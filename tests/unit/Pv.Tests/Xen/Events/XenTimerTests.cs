using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public sealed class XenTimerTests
{
    private readonly FakeXen _xen = new();
    private readonly XenTimer _timer;

    public XenTimerTests()
    {
        _timer = XenTimer.TryOpen(_xen.Domain)!;
    }

    private Instant In(long milliseconds) => _xen.Domain.Now + Duration.FromMilliseconds(milliseconds);

    [Fact]
    public void It_is_set_to_the_hypervisors_time_of_the_deadline()
    {
        Assert.True(_timer.Arm(In(5)));
        ulong first = _xen.TimerDue;

        Assert.True(_timer.Arm(In(2)));

        Assert.Equal(3_000_000UL, first - _xen.TimerDue);
    }

    [Fact]
    public void One_that_is_due_earlier_is_left_alone_until_it_has_fired()
    {
        _timer.Arm(In(5));

        Assert.True(_timer.Arm(In(9)));
        Assert.True(_timer.Arm(Instant.Never));
        Assert.Equal(1, _xen.Made(HypercallNumber.VcpuOp));

        _xen.PassTime(5_000_000);
        _xen.Raise(_xen.TimerPort);
        Assert.True(_xen.Domain.Events.Dispatch());
        Assert.True(_timer.Arm(In(9)));
        Assert.Equal(2, _xen.Made(HypercallNumber.VcpuOp));
    }

    [Fact]
    public void A_deadline_that_has_passed_and_a_refusal_let_nobody_halt()
    {
        Assert.False(_timer.Arm(_xen.Domain.Now));
        Assert.Equal(0, _xen.Made(HypercallNumber.VcpuOp));

        _xen.RefusesTimers = true;
        Assert.False(_timer.Arm(In(1)));
        _xen.RefusesTimers = false;
        Assert.True(_timer.Arm(In(1)));
        Assert.Equal(2, _xen.Made(HypercallNumber.VcpuOp));
    }
}
