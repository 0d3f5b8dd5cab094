using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Rig.Network;

/// <summary>What an echo client is to send.</summary>
public sealed record EchoPlan
{
    /// <summary>The payload sizes in bytes, in the order of sending.</summary>
    public required IEnumerable<int> Sizes { get; init; }

    /// <summary>How many packets may be unanswered at once.</summary>
    public int InFlight { get; init; } = 1;

    /// <summary>How long without any reply until what is in flight counts as lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how many such silences the run ends, whatever is left to send: nobody is there any more.</summary>
    public int MostSilences { get; init; } = 20;

    /// <summary>Whether there is still anybody who could answer: asked in a silence, which ends at once if not. Null: nobody knows.</summary>
    public Func<bool>? IsThere { get; init; }

    /// <summary>The same size many times.</summary>
    public static IEnumerable<int> Repeat(int size, int count) => Enumerable.Repeat(size, count);

    /// <summary>Every size from <paramref name="first"/> to <paramref name="last"/>, over and over.</summary>
    public static IEnumerable<int> Cycle(int first, int last, int count)
    {
        for (int i = 0; i < count; i++)
            yield return first + i % (last - first + 1);
    }
}
