using System;
using System.Collections.Generic;

namespace Guest.Interleaving.Tests;

/// <summary>Runs two sides in every order that there is: after each access either may go on, or a store may become visible.</summary>
internal static class Explorer
{
    private const int MostRuns = 100_000;
    private const int MostSteps = 500;

    /// <summary>Explores.</summary>
    /// <param name="make">Makes both sides anew, and what must hold once neither goes on.</param>
    /// <param name="mostSwitches">How often a side that could go on may have to let the other: without an end to that there are too many orders for more than a few accesses.</param>
    /// <returns>The first failure, or null.</returns>
    public static string? Explore(Func<(Participant First, Participant Second, Func<string?> AtEnd)> make, int mostSwitches)
    {
        List<(int Chosen, int Count)> path = [];
        int runs = 0;
        do
        {
            Assert.True(++runs <= MostRuns, "there are too many orders");
            (Participant first, Participant second, Func<string?> atEnd) = make();
            string? failure = Run(first, second, atEnd, path, mostSwitches);
            first.End();
            second.End();
            failure ??= first.Problem?.ToString() ?? second.Problem?.ToString();
            if (failure is not null)
                return failure;
        }
        while (Advance(path));
        return null;
    }

    private static string? Run(Participant first, Participant second, Func<string?> atEnd, List<(int Chosen, int Count)> path, int mostSwitches)
    {
        int depth = 0;
        int switches = 0;
        Participant? last = null;
        List<(Participant Who, bool Drains)> options = [];
        for (int step = 0; step < MostSteps; step++)
        {
            options.Clear();
            foreach (Participant who in (Participant[])[last ?? first, last == second ? first : second])
            {
                bool isSwitch = last is not null && who != last && last.CanRun;
                if (who.CanRun && (!isSwitch || switches < mostSwitches))
                    options.Add((who, false));
            }

            foreach (Participant who in (Participant[])[first, second])
            {
                if (who.HasStores)
                    options.Add((who, true));
            }

            if (options.Count == 0)
                return atEnd();
            if (depth == path.Count)
                path.Add((0, options.Count));
            (Participant chosen, bool drains) = options[path[depth++].Chosen];
            if (drains)
            {
                chosen.Drain();
                continue;
            }

            if (last is not null && chosen != last && last.CanRun)
                switches++;
            last = chosen;
            chosen.Run();
        }

        return "it does not end";
    }

    // The next path: the last choice that has another one left.
    private static bool Advance(List<(int Chosen, int Count)> path)
    {
        while (path.Count > 0 && path[^1].Chosen + 1 == path[^1].Count)
            path.RemoveAt(path.Count - 1);
        if (path.Count == 0)
            return false;
        path[^1] = (path[^1].Chosen + 1, path[^1].Count);
        return true;
    }
}
