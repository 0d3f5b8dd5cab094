using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Timelines;

/// <summary>Makes a way in steps out of the blocks of code that a machine executed.</summary>
internal static class TimelineReader
{
    /// <summary>What code does that is nothing in particular.</summary>
    public const string Otherwise = "other";

    /// <summary>The part of a record that belongs to one packet: from the halt before its first traffic to the halt after its last.</summary>
    /// <remarks>What a machine does when idle, such as a timer's tick, lies between two halts of its own.</remarks>
    public static ExecutedBlock[] BetweenHalts(ExecutedBlock[] blocks, CodeMap map)
    {
        int first = Array.FindIndex(blocks, IsTraffic);
        int last = Array.FindLastIndex(blocks, IsTraffic);
        if (first < 0)
            throw new RigException("Nothing of the packet is in the record of what the machine executed.");
        while (first > 0 && !blocks[first - 1].IsHalt)
            first--;
        while (last < blocks.Length - 1 && !blocks[last].IsHalt)
            last++;
        return blocks[first..(last + 1)];

        bool IsTraffic(ExecutedBlock block) =>
            !block.IsHalt && map.Find(block.Address) is var (owner, stage) && (owner == CodeRange.Guest || stage is { IsTraffic: true });
    }

    /// <summary>The part of a record between the first execution of one place and the next one of another.</summary>
    public static ExecutedBlock[] Between(ExecutedBlock[] blocks, ulong from, ulong to)
    {
        int first = Array.FindIndex(blocks, block => block.Address == from);
        int last = first < 0 ? -1 : Array.FindIndex(blocks, first, block => block.Address == to);
        return last < 0
            ? throw new RigException("The block's beginning and end are not in the record of what the machine executed.")
            : blocks[first..last];
    }

    /// <summary>The steps: a new one begins where the owner changes, or what its code does. Code that nothing is known of goes on with what its
    /// owner did last.</summary>
    public static List<TimelineStep> Read(ReadOnlySpan<ExecutedBlock> blocks, CodeMap map)
    {
        List<TimelineStep> steps = [];
        Dictionary<string, string> doing = [];
        foreach (ExecutedBlock block in blocks)
        {
            (string owner, Stage? stage) = block.IsHalt ? (TimelineStep.Halted, null) : map.Find(block.Address);
            string what = stage?.What ?? doing.GetValueOrDefault(owner, Otherwise);
            doing[owner] = what;
            if (steps.Count > 0 && steps[^1].Owner == owner && steps[^1].What == what)
                steps[^1] = steps[^1] with { Instructions = steps[^1].Instructions + block.Instructions };
            else
                steps.Add(new TimelineStep(owner, what, block.Instructions));
        }
        return steps;
    }
}
