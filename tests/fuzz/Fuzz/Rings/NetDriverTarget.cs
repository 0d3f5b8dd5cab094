using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Net;

namespace Guest.Fuzz.Rings;

/// <summary>What the drivers of network cards have in common: a pool, an application that holds buffers, and the rule that each buffer has one owner.</summary>
internal abstract class NetDriverTarget : DriverTarget
{
    private const int LongestFrame = 1514;
    private const int EchoesAtTheEnd = 20;

    private readonly List<PacketBuffer> _held = [];
    private readonly PacketBuffer[] _burst = new PacketBuffer[64];
    private readonly Queue<byte[]> _arriving = [];
    private readonly Queue<byte[]> _leaving = [];
    private bool[] _isHeld = [];
    private int _serial;

    protected PacketPool Pool { get; private set; } = null!;

    protected INetworkDevice Card { get; set; } = null!;

    /// <summary>Whether frames can be of several buffers.</summary>
    protected virtual bool SendsChains => true;

    /// <summary>Whether the driver may have given the card up, and whether it may keep its buffers then.</summary>
    protected virtual bool MayBeGivenUp => false;

    protected virtual bool MayKeepBuffers => false;

    protected void MakePool(int buffers)
    {
        Pool = new PacketPool(buffers);
        _isHeld = new bool[buffers];
    }

    /// <summary>Lets a frame arrive as an honest card does.</summary>
    /// <returns>False if there is no room.</returns>
    protected abstract bool Deliver(byte[] frame);

    /// <summary>Takes what the driver has sent, and tells it that it is gone.</summary>
    /// <param name="all">Whether all of it; otherwise chance decides.</param>
    /// <param name="random">Chance.</param>
    protected abstract void TakeSent(bool all, ref Random64 random);

    /// <summary>Lets time pass, and whoever works beside the driver do so.</summary>
    protected abstract void PassTime(ref Random64 random);

    /// <summary>Undoes every lie, and makes the driver start anew if there was one.</summary>
    protected abstract void BecomeHonest(ref Random64 random);

    protected abstract void Interrupt();

    protected override void Act(ref Random64 random)
    {
        switch (random.Below(12))
        {
            case 0 or 1:
                Receive(random.Between(1, _burst.Length));
                break;
            case 2 or 3:
                Send(ref random);
                break;
            case 4:
                Say($"arm = {Card.Arm()}");
                break;
            case 5:
                Release(random.Below(20));
                break;
            case 6 or 7 or 8:
                DeliverSome(ref random);
                break;
            case 9:
                TakeSent(all: false, ref random);
                break;
            case 10:
                Interrupt();
                break;
            default:
                PassTime(ref random);
                break;
        }
    }

    protected override void Check() => Assert.InRange(Pool.Available + HeldBuffers(), 0, Pool.Count);

    /// <summary>The far side has a frame that the driver sent.</summary>
    protected void OnSent(ReadOnlySpan<byte> frame)
    {
        if (!IsHonest)
            return;
        Assert.True(_leaving.TryDequeue(out byte[]? expected), "a frame is sent that nobody gave");
        Assert.True(frame.Length >= expected.Length && frame[..expected.Length].SequenceEqual(expected), "a frame is sent that is not as it was given");
    }

    public override void Settle(ref Random64 random)
    {
        if (IsHonest)
        {
            Assert.Equal((0, 0), (Card.Counters[PathEvent.Violation], Card.Counters[PathEvent.Reset]));
        }
        else
        {
            // One that has lied too often is given up; whether that is so is not to hide what is asked here.
            Card.Counters.Count(PathEvent.Received, 20_000);
        }

        // Frames that were said to be followed by others are told of.
        Card.Transmit([], more: false);
        Release(int.MaxValue);
        BecomeHonest(ref random);
        for (int i = 0; i < 40; i++)
        {
            Interrupt();
            Receive(_burst.Length);
            Release(int.MaxValue);
            TakeSent(all: true, ref random);
            Card.Arm();
            PassTime(ref random);
        }

        Assert.True(_arriving.Count == 0, "frames that arrived are not handed out");
        if (Card.LinkUp)
        {
            for (int i = 0; i < EchoesAtTheEnd; i++)
                Echo(ref random);
        }
        else
        {
            Assert.True(MayBeGivenUp, "the card does not come back");
        }

        Release(int.MaxValue);
        Card.Withdraw();
        AssertNothingIsLost();
    }

    protected virtual void AssertNothingIsLost()
    {
        if (MayKeepBuffers)
            return;
        Assert.Equal(Pool.Count, Pool.Available);
        if (IsHonest)
            Pool.CheckPoison();
    }

    protected byte[] Frame(ref Random64 random)
    {
        byte[] frame = new byte[random.Between(60, LongestFrame)];
        int serial = ++_serial;
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)((i * 7) + (serial * 13));
        return frame;
    }

    protected void Receive(int most)
    {
        int count = Card.Receive(_burst.AsSpan(0, most));
        Assert.InRange(count, 0, most);
        Say($"receive({most}) = {count}");
        for (int i = 0; i < count; i++)
            Take(_burst[i]);
    }

    private void Take(PacketBuffer frame)
    {
        List<byte> bytes = [];
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            Assert.True(Pool[part.Index] == part && part.Offset >= 0 && part.Length >= 0 && part.Offset + part.Length <= PacketBuffer.Capacity);
            Hold(part);
            if (IsHonest)
                bytes.AddRange(part.Data);
        }

        _held.Add(frame);
        if (!IsHonest)
            return;
        Assert.True(_arriving.TryDequeue(out byte[]? expected), "a frame arrives that nobody sent");
        Assert.True(bytes.Count >= expected.Length && bytes[..expected.Length].ToArray().AsSpan().SequenceEqual(expected), "a frame arrives that is not as it was sent");
    }

    private void Hold(PacketBuffer part)
    {
        Assert.False(_isHeld[part.Index], $"buffer {part.Index} has two owners");
        _isHeld[part.Index] = true;
    }

    private void LetGo(PacketBuffer frame)
    {
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            _isHeld[part.Index] = false;
    }

    private void Send(ref Random64 random)
    {
        int count = random.Between(1, random.Chance(10) ? _burst.Length : 6);
        int made = 0;
        while (made < count && Make(random.Chance(50), ref random) is { } frame)
            _burst[made++] = frame;
        bool more = random.Chance(25);
        byte[][] contents = IsHonest ? Array.ConvertAll(_burst[..made], Bytes) : [];
        for (int i = 0; i < made; i++)
            LetGo(_burst[i]);
        int first = _leaving.Count;
        foreach (byte[] content in contents)
            _leaving.Enqueue(content);
        PacketBuffer[] offered = _burst[..made];
        int taken = Card.Transmit(offered, more);
        Assert.InRange(taken, 0, made);
        Say($"transmit({made}, more: {more}) = {taken}");
        if (IsHonest)
            ForgetRefused(made - taken);
        foreach (PacketBuffer refused in offered[taken..])
            HoldAgain(refused);
    }

    // What was offered last was refused; what the far side took meanwhile stood before it.
    private void ForgetRefused(int count)
    {
        byte[][] kept = [.. _leaving];
        _leaving.Clear();
        foreach (byte[] frame in kept[..^count])
            _leaving.Enqueue(frame);
    }

    private void HoldAgain(PacketBuffer frame)
    {
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            Hold(part);
        _held.Add(frame);
    }

    /// <summary>A frame to send: one that arrived, or a new one.</summary>
    private PacketBuffer? Make(bool echoes, ref Random64 random)
    {
        if (echoes && _held.Count > 0 && Bytes(_held[^1]).Length is >= 60 and <= LongestFrame)
        {
            PacketBuffer held = _held[^1];
            _held.RemoveAt(_held.Count - 1);
            return held;
        }

        PacketBuffer? first = null;
        PacketBuffer? last = null;
        for (int parts = SendsChains && random.Chance(8) ? random.Between(2, 4) : 1; parts > 0 && Pool.TryTake() is { } part; parts--)
        {
            Hold(part);
            part.Length = random.Between(60, 370); // four are no longer than a frame may be
            part.Data.Fill((byte)++_serial);
            if (last is null)
                first = part;
            else
                last.Next = part;
            last = part;
        }

        return first;
    }

    private static byte[] Bytes(PacketBuffer frame)
    {
        List<byte> bytes = [];
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            bytes.AddRange(part.Data);
        return [.. bytes];
    }

    private void DeliverSome(ref Random64 random)
    {
        for (int count = random.Between(1, random.Chance(10) ? 40 : 5); count > 0; count--)
        {
            byte[] frame = Frame(ref random);
            if (!Deliver(frame))
                return;
            if (IsHonest)
                _arriving.Enqueue(frame);
        }

        Say("frames arrive");
    }

    private void Release(int most)
    {
        for (; most > 0 && _held.Count > 0; most--)
        {
            LetGo(_held[^1]);
            _held[^1].Release();
            _held.RemoveAt(_held.Count - 1);
        }
    }

    private void Echo(ref Random64 random)
    {
        byte[] frame = Frame(ref random);
        bool delivered = false;
        for (int i = 0; i < 8 && !delivered; i++)
        {
            delivered = Deliver(frame);
            if (!delivered)
                PassTimeAndReceive(ref random);
        }

        Assert.True(delivered, "an honest card finds no buffer");
        int before = _held.Count;
        if (IsHonest)
            _arriving.Enqueue(frame);
        for (int i = 0; i < 8 && _held.Count == before; i++)
            PassTimeAndReceive(ref random);
        Assert.Equal(before + 1, _held.Count);
        Assert.True(Bytes(_held[^1]).AsSpan()[..frame.Length].SequenceEqual(frame), "an honest frame arrives changed");
        Release(1);
        Send(ref random);
        TakeSent(all: true, ref random);
        Release(int.MaxValue);
    }

    private void PassTimeAndReceive(ref Random64 random)
    {
        Interrupt();
        Receive(1);
        Card.Arm();
        TakeSent(all: true, ref random);
    }

    private int HeldBuffers()
    {
        int count = 0;
        foreach (PacketBuffer frame in _held)
        {
            for (PacketBuffer? part = frame; part is not null; part = part.Next)
                count++;
        }

        return count;
    }
}
