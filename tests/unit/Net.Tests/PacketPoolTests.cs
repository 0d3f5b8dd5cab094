using System;
using System.Linq;

namespace Guest.Net.Tests;

/// <summary>A buffer has one owner. Hosted, the pool says so at once when it had two.</summary>
public sealed class PacketPoolTests
{
    private readonly PacketPool _pool = new(8);

    [Fact]
    public void Second_release_is_refused_at_once_and_says_who_had_the_buffer()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.PassTo(BufferOwner.Socket);
        buffer.Release();
        Assert.Contains("Socket had it", Assert.Throws<InvalidOperationException>(buffer.Release).Message);
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void A_piece_that_is_released_before_its_chain_is_refused()
    {
        PacketBuffer first = _pool.TryTake()!;
        PacketBuffer second = _pool.TryTake()!;
        first.Next = second;
        second.Release();
        Assert.Throws<InvalidOperationException>(first.Release);
    }

    [Fact]
    public void A_piece_that_is_released_after_its_chain_is_refused()
    {
        PacketBuffer first = _pool.TryTake()!;
        PacketBuffer second = _pool.TryTake()!;
        first.Next = second;
        first.Release();
        Assert.Throws<InvalidOperationException>(second.Release);
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void Buffer_of_another_pool_is_refused()
    {
        PacketBuffer first = _pool.TryTake()!;
        first.Next = new PacketPool(1).TryTake();
        Assert.Throws<InvalidOperationException>(first.Release);
    }

    [Fact]
    public void What_is_released_cannot_be_read_or_passed_on()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Length = 100;
        buffer.Release();
        Assert.Equal(0, buffer.Data.Length);
        Assert.Throws<InvalidOperationException>(() => buffer.PassTo(BufferOwner.Stack));
    }

    [Fact]
    public unsafe void Writing_after_the_release_is_found()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Release();
        _pool.CheckPoison();
        buffer.Page[77] = 1;
        Assert.Throws<InvalidOperationException>(_pool.CheckPoison);
    }

    [Fact]
    public void Some_can_be_left_for_others()
    {
        Assert.All(Enumerable.Range(0, 5), _ => Assert.NotNull(_pool.TryTake(leaving: 3)));
        Assert.Null(_pool.TryTake(leaving: 3));
        Assert.NotNull(_pool.TryTake());
    }

    [Fact]
    public unsafe void A_part_is_of_the_same_page_and_has_its_own_number()
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer part = _pool.TryShare(whole, 100, 20)!;
        Assert.Equal((whole.DeviceAddress, whole.PageIndex, 100, 20), (part.DeviceAddress, part.PageIndex, part.Offset, part.Length));
        Assert.True(whole.Page == part.Page);
        Assert.InRange(part.Index, _pool.Count, _pool.IndexCount - 1);
        Assert.Same(part, _pool.Find(part.Index));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_comes_back_when_its_buffer_and_all_parts_are_released(bool wholeFirst)
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer[] parts = [_pool.TryShare(whole, 0, 10)!, _pool.TryShare(whole, 10, 10)!];
        if (wholeFirst)
            whole.ReleaseShared();
        parts[1].Release();
        Assert.Equal(_pool.Count - 1, _pool.Available);
        parts[0].Release();
        if (!wholeFirst)
            whole.ReleaseShared();
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void Parts_are_released_with_the_packet_that_they_are_pieces_of()
    {
        PacketBuffer whole = _pool.TryTake()!;
        for (int i = 0; i < 1000; i++)
        {
            PacketBuffer head = _pool.TryTake()!;
            head.Next = _pool.TryShare(whole, 0, 10);
            head.Next!.Next = _pool.TryShare(whole, 10, 10);
            head.Release();
        }

        Assert.Equal(_pool.Count - 1, _pool.Available);
        whole.ReleaseShared();
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void There_are_as_many_parts_as_pages()
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer[] parts = [.. Enumerable.Range(0, _pool.Count).Select(_ => _pool.TryShare(whole, 0, 1)!)];
        Assert.Null(_pool.TryShare(whole, 0, 1));
        Array.ForEach(parts, part => part.Release());
        Assert.NotNull(_pool.TryShare(whole, 0, 1));
    }

    [Fact]
    public void A_buffer_that_is_released_under_its_parts_is_refused()
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer part = _pool.TryShare(whole, 0, 1)!;
        Assert.Throws<InvalidOperationException>(whole.Release);
        part.Release();
        Assert.Throws<InvalidOperationException>(part.Release);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Streams_that_are_not_read_leave_room_to_others(bool toSend)
    {
        PacketPool pool = new(1024);
        Assert.All(Enumerable.Range(0, 24), _ =>
        {
            int own = 0;
            while (toSend ? pool.TryKeepToSend(own) : pool.TryKeepReceived(own, 1))
                own++;
        });

        for (int newcomer = 0; newcomer < 4; newcomer++)
            Assert.True(toSend ? pool.TryKeepToSend(0) : pool.TryKeepReceived(0, 1));
        for (int own = 0; own < 8; own++)
            Assert.True(toSend ? pool.TryKeepReceived(own, 1) : pool.TryKeepToSend(own));
    }
}
