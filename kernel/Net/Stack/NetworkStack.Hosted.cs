using Guest.Core.Randomness;
using Guest.Core.Scheduling;

namespace Guest.Net.Stack;

public sealed partial class NetworkStack
{
    /// <summary>Makes a stack without interfaces, whose random numbers are the same for the same seed: what tests and fuzzers want.</summary>
    public NetworkStack(ulong seed)
        : this(new TimerQueue(), new RandomGenerator(seed))
    {
    }
}
