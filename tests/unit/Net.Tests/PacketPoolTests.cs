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
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Data.Length);
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
}
