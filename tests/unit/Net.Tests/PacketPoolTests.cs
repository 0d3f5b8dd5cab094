using System;
using System.Linq;

namespace Guest.Net.Tests;

/// <summary>A buffer has one owner. Hosted, the pool says so at once when it had two.</summary>
public sealed class PacketPoolTests
{
    private readonly PacketPool _pool = new(8);

    [Fact]
    public void SecondReleaseIsRefusedAtOnceAndSaysWhoHadTheBuffer()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.PassTo(BufferOwner.Socket);
        buffer.Release();
        Assert.Contains("Socket had it", Assert.Throws<InvalidOperationException>(buffer.Release).Message);
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void APieceThatIsReleasedBeforeItsChainIsRefused()
    {
        PacketBuffer first = _pool.TryTake()!;
        PacketBuffer second = _pool.TryTake()!;
        first.Next = second;
        second.Release();
        Assert.Throws<InvalidOperationException>(first.Release);
    }

    [Fact]
    public void APieceThatIsReleasedAfterItsChainIsRefused()
    {
        PacketBuffer first = _pool.TryTake()!;
        PacketBuffer second = _pool.TryTake()!;
        first.Next = second;
        first.Release();
        Assert.Throws<InvalidOperationException>(second.Release);
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void BufferOfAnotherPoolIsRefused()
    {
        PacketBuffer first = _pool.TryTake()!;
        first.Next = new PacketPool(1).TryTake();
        Assert.Throws<InvalidOperationException>(first.Release);
    }

    [Fact]
    public void WhatIsReleasedCannotBeReadOrPassedOn()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Length = 100;
        buffer.Release();
        Assert.Equal(0, buffer.Data.Length);
        Assert.Throws<InvalidOperationException>(() => buffer.PassTo(BufferOwner.Stack));
    }

    [Fact]
    public unsafe void WritingAfterTheReleaseIsFound()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Release();
        _pool.CheckPoison();
        buffer.Page[77] = 1;
        Assert.Throws<InvalidOperationException>(_pool.CheckPoison);
    }

    [Fact]
    public void SomeCanBeLeftForOthers()
    {
        Assert.All(Enumerable.Range(0, 5), _ => Assert.NotNull(_pool.TryTake(leaving: 3)));
        Assert.Null(_pool.TryTake(leaving: 3));
        Assert.NotNull(_pool.TryTake());
    }

    [Fact]
    public unsafe void APartIsOfTheSamePageAndHasItsOwnNumber()
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
    public void APageComesBackWhenItsBufferAndAllPartsAreReleased(bool wholeFirst)
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
    public void PartsAreReleasedWithThePacketThatTheyArePiecesOf()
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
    public void ThereAreAsManyPartsAsPages()
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer[] parts = [.. Enumerable.Range(0, _pool.Count).Select(_ => _pool.TryShare(whole, 0, 1)!)];
        Assert.Null(_pool.TryShare(whole, 0, 1));
        Array.ForEach(parts, part => part.Release());
        Assert.NotNull(_pool.TryShare(whole, 0, 1));
    }

    [Fact]
    public void ABufferThatIsReleasedUnderItsPartsIsRefused()
    {
        PacketBuffer whole = _pool.TryTake()!;
        PacketBuffer part = _pool.TryShare(whole, 0, 1)!;
        Assert.Throws<InvalidOperationException>(whole.Release);
        part.Release();
        Assert.Throws<InvalidOperationException>(part.Release);
    }
}
