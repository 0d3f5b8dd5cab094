using System;
using System.Threading.Tasks;
using Guest.Rig;

namespace Guest.Xen.Rig.Tests;

public sealed class ConsoleLogTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    private readonly ConsoleLog _log = new("the guest");

    [Fact]
    public void Lines_are_put_together_from_pieces()
    {
        _log.Append("rea"u8);
        _log.Append("dy\r\nnext "u8);
        _log.Append("one\nunfinished"u8);

        Assert.Equal(["ready", "next one"], _log.Lines);
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public void A_character_whose_bytes_come_apart_is_whole()
    {
        _log.Append([0xe2, 0x82]);
        _log.Append([0xac, (byte)'\n']);

        Assert.Equal(["€"], _log.Lines);
    }

    [Fact]
    public void A_prompt_is_found_before_its_line_ends()
    {
        _log.Append("login: "u8);

        Assert.Equal("login: ", _log.WaitFor("login:", TimeSpan.Zero));
    }

    [Fact]
    public void A_line_that_must_be_whole_is_not_found_before_it_has_ended()
    {
        _log.Append("counters {}"u8);
        Assert.Throws<RigException>(() => _log.WaitFor("counters", line => line[0] == 'c', TimeSpan.Zero, whole: true));

        _log.Append("\n"u8);

        Assert.Equal("counters {}", _log.WaitFor("counters", line => line[0] == 'c', TimeSpan.Zero, whole: true));
    }

    [Fact]
    public void What_came_before_is_not_waited_for_again()
    {
        _log.Append("ready\n"u8);

        Assert.Throws<RigException>(() => _log.WaitFor("ready", TimeSpan.Zero, from: _log.Count));
    }

    [Fact]
    public async Task A_waiting_thread_is_woken_by_the_line()
    {
        Task<string> waiting = Task.Run(() => _log.WaitFor("ready", s_long));
        _log.Append("not yet\nready in 3 ms\n"u8);

        Assert.Equal("ready in 3 ms", await waiting);
    }

    [Fact]
    public async Task The_end_fails_whoever_waits_and_shows_the_last_lines()
    {
        Task waiting = Task.Run(() => _log.WaitFor("ready", s_long));
        _log.Append("panic: no memory\n"u8);
        _log.End();

        RigException failure = await Assert.ThrowsAsync<RigException>(() => waiting);
        Assert.Contains("the guest, which ended", failure.Message, StringComparison.Ordinal);
        Assert.Contains("panic: no memory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tail_shows_the_last_lines_alone()
    {
        _log.Append("one\ntwo\nthree\nunfinished"u8);

        Assert.Equal("--- console of the guest, last 2 of 3 lines\ntwo\nthree\nunfinished", _log.Tail(2));
    }
}
