using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Subjects;
using Guest.Tool.Bench.Workloads;

namespace Guest.Tool.Bench.Timelines;

/// <summary>Records one packet or block on its way through a machine.</summary>
internal static class TimelineRecorder
{
    // A timer may tick, or a neighbour be asked for, in any of them; the way with the fewest instructions had none.
    private const int Tries = 5;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Records it, or says why it cannot be recorded.</summary>
    /// <param name="subject">What is watched; what is not our image is left alone.</param>
    /// <param name="readSymbols">Reads the functions of the application's image.</param>
    public static void Take(Subject subject, Func<SymbolTable> readSymbols)
    {
        if (!subject.CountsItself)
            return;
        try
        {
            subject.Result.Timeline.AddRange(Record(
                subject,
                subject.Instructions ?? throw new RigException("what a machine executes can be recorded under QEMU's emulation only, not under KVM."),
                readSymbols()));
        }
        catch (RigException problem)
        {
            // A picture less; the figures do not depend on it.
            subject.Result.TimelineProblem = problem.Message;
        }
    }

    private static List<TimelineStep> Record(Subject subject, InstructionCounter counter, SymbolTable symbols)
    {
        CodeMap map = subject.MapCode(symbols);
        using Load load = Workload.Simplest(subject.Result.Application).Open(subject);
        counter.PrepareRecord(on: true, () => load.Run(1), s_patience);
        try
        {
            List<ExecutedBlock[]> ways = [];
            for (int i = 0; i < Tries; i++)
                ways.Add(OneWay(counter, load, symbols, map));
            return TimelineReader.Read(ways.MinBy(way => way.Sum(block => block.Instructions)), map);
        }
        finally
        {
            counter.PrepareRecord(on: false, () => load.Run(1), s_patience);
        }
    }

    private static ExecutedBlock[] OneWay(InstructionCounter counter, Load load, SymbolTable symbols, CodeMap map)
    {
        counter.WaitForIdle(s_quiet, s_patience);
        ExecutedBlock[] blocks = counter.Record(() =>
        {
            load.Run(1);
            counter.WaitForIdle(s_quiet, s_patience);
        });
        return load.HasFixedCost
            ? TimelineReader.Between(blocks, symbols.AddressOf("_Job__Loop"), symbols.AddressOf("_Job__Print"))
            : TimelineReader.BetweenHalts(blocks, map);
    }
}
