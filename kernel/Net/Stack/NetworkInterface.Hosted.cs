using Guest.Core.Time;

namespace Guest.Net.Stack;

public sealed partial class NetworkInterface
{
    partial void ServeTimers(Instant now)
    {
        if (_stack.PollsServeTimers)
            _stack.Timers.Fire(now);
    }
}
