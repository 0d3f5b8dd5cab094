using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Timelines;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Tests;

public sealed class TimelineReaderTests
{
    private const ulong Stack = 0x1000;
    private const ulong Driver = 0x2000;
    private const ulong Helper = 0x3000;
    private const ulong Tick = 0x1_0000;
    private const ulong Bridge = 0x1_1000;

    private static readonly ExecutedBlock s_halt = new(0, 0);

    // A guest's code, and a host's.
    private static readonly CodeMap s_map = new CodeMap([new(CodeRange.Guest, 0, 0xffff), new(CodeRange.HostKernel, 0x1_0000, 0x1_ffff)])
        .With(CodeRange.Guest, SymbolTable.Parse("1000 T stack\n2000 T driver\n3000 T memmove"), new(("stack", new("stack")), ("driver", new("driver"))))
        .With(
            CodeRange.HostKernel,
            SymbolTable.Parse("10000 T tick\n11000 t br_forward\t[bridge]"),
            new(("tick", new("timers")), ("[bridge]", new("bridge", IsTraffic: true))));

    [Fact]
    public void A_step_lasts_until_another_stage_or_owner_and_helpers_work_for_their_callers() => Assert.Equal(
        [
            new(CodeRange.Guest, "stack", 7), new(CodeRange.Guest, "driver", 5), new(CodeRange.HostKernel, "bridge", 11),
            new(CodeRange.Guest, "driver", 1), new(TimelineStep.Halted, TimelineReader.Otherwise, 0),
        ],
        TimelineReader.Read([new(Stack, 4), new(Helper, 3), new(Driver, 5), new(Bridge + 8, 11), new(Helper, 1), s_halt, s_halt], s_map));

    [Fact]
    public void Code_that_nothing_is_known_of_is_something_else() =>
        Assert.Equal([new(CodeRange.Guest, TimelineReader.Otherwise, 3)], TimelineReader.Read([new(Helper, 3)], s_map));

    [Fact]
    public void What_a_machine_does_when_idle_before_and_after_a_packet_is_left_out()
    {
        ExecutedBlock[] way = [new(Tick, 1), new(Bridge, 2), s_halt, new(Tick, 3), s_halt, new(Stack, 4), s_halt];

        Assert.Equal(way, TimelineReader.BetweenHalts([new(Tick, 9), s_halt, .. way, new(Tick, 9), s_halt], s_map));
    }

    [Fact]
    public void A_packet_that_is_still_under_way_at_the_records_ends_is_kept() =>
        Assert.Equal([new(Tick, 1), new(Stack, 4)], TimelineReader.BetweenHalts([new(Tick, 1), new(Stack, 4)], s_map));

    [Fact]
    public void A_record_without_a_packet_says_so() =>
        Assert.Throws<RigException>(() => TimelineReader.BetweenHalts([new(Tick, 1), s_halt], s_map));

    [Fact]
    public void A_block_begins_and_ends_in_places_of_the_program()
    {
        ExecutedBlock[] record = [new(Driver, 1), new(Stack, 2), s_halt, new(Driver, 3), new(Stack, 4)];

        Assert.Equal(record[1..3], TimelineReader.Between(record, Stack, Driver));
        Assert.Throws<RigException>(() => TimelineReader.Between(record, Helper, Driver));
        Assert.Throws<RigException>(() => TimelineReader.Between(record, Stack, Tick));
    }

    // A PV domain of ours tells dom0 of a frame: recorded on Xen 4.17, with the blocks inside of functions left out.
    [Fact]
    public void A_recorded_hypercall_is_told_by_its_number()
    {
        const string Record = """
            ffffffff8011caf8 9 Guest_Pv_Guest_Pv_Xen_EventChannels__Send
            ffffffff8011cb13 10 Guest_Pv_Guest_Pv_Xen_EventChannels__Send+1b
            ffffffff80100bf0 8 xen_hypercall
            ffffffff80126400 4 hypercall_page+400
            ffff82d07fffe000 4 __2M_rwdata_end+3fa57000
            ffff82d040201190 76 lstar_enter
            ffff82d0402f2650 21 pv_hypercall
            ffff82d04020bfe0 10 do_event_channel_op
            ffff82d04032ad90 7 copy_from_guest_pv
            ffff82d040203120 1 __x86_return_thunk
            ffff82d04020ac30 3 evtchn_send
            ffff82d04020e110 14 common/event_fifo.c#evtchn_fifo_set_pending
            ffff82d0402012d1 1 lstar_enter+141
            ffff82d040204916 6 x86_64/entry.S#test_all_events
            ffff82d040201000 8 x86_64/entry.S#restore_all_guest
            ffffffff8012640a 3 hypercall_page+40a
            """;
        (ulong Address, int Count, string Symbol, ulong Offset)[] lines = [.. Record.Split('\n').Select(Parse)];
        SymbolTable symbols = SymbolTable.Parse(string.Join('\n', lines.Select(line => $"{line.Address - line.Offset:x} t {line.Symbol}")));
        CodeMap map = new CodeMap(XenCode.Ranges)
            .With(CodeRange.Guest, symbols, GuestStages.Table).With(XenCode.Xen, symbols, XenStages.Table);

        List<TimelineStep> steps = TimelineReader.Read([.. lines.Select(line => new ExecutedBlock(line.Address, line.Count))], map);

        Assert.Equal(
            [
                new(CodeRange.Guest, "event channels", 19), new(CodeRange.Guest, "hypercall", 12), new(XenCode.Xen, "entry", 101),
                new(XenCode.Xen, "event_channel_op (hypercall 32)", 35), new(XenCode.Xen, "entry", 15), new(CodeRange.Guest, "hypercall", 3),
            ],
            steps);
    }

    private static (ulong Address, int Count, string Symbol, ulong Offset) Parse(string line)
    {
        string[] words = line.Split(' ', '+');
        return (Hexadecimal(words[0]), int.Parse(words[1], CultureInfo.InvariantCulture), words[2], words.Length > 3 ? Hexadecimal(words[3]) : 0);
    }

    private static ulong Hexadecimal(string word) => ulong.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
