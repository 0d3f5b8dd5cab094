using Guest.Core.Randomness;
using Guest.Core.Scheduling;

namespace Guest.Net.Stack;

public sealed partial class NetworkStack
{
    /// <summary>Makes a stack without interfaces, whose random numbers are the same for the same seed, and whose timers no run loop serves: a poll of an
    /// interface does. What tests and fuzzers want.</summary>
    public NetworkStack(ulong seed)
        : this(new TimerQueue(), new RandomGenerator(seed)) => PollsServeTimers = true;

    /// <summary>Whether a poll of an interface serves the timers.</summary>
    internal bool PollsServeTimers { get; }
}
