using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Guest.Rig.Network;

namespace Guest.Tool.Tests;

public sealed class EchoWindowTests
{
    [Property]
    public void Whatever_order_faithful_replies_come_in_nothing_is_lost_or_altered(ushort[] sizes, int seed)
    {
        EchoWindow window = new();
        List<byte[]> replies = [.. Array.ConvertAll(sizes, size => Send(window, size % 1473))];
        byte[][] shuffled = [.. replies];
        new System.Random(seed).Shuffle(shuffled);

        foreach (byte[] reply in shuffled)
            Assert.True(window.Accept(reply));

        Assert.True(window.Result.Perfect);
        Assert.Equal(0, window.InFlight);
    }

    [Property]
    public void A_reply_with_one_bit_changed_is_altered(PositiveInt size, NonNegativeInt bit)
    {
        EchoWindow window = new();
        byte[] reply = Send(window, size.Get);
        reply[bit.Get / 8 % size.Get] ^= (byte)(1 << (bit.Get % 8));

        Assert.False(window.Accept(reply));

        Assert.Equal(1, window.Result.Altered);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1472)]
    public void A_second_reply_is_a_duplicate(int size)
    {
        EchoWindow window = new();
        byte[] reply = Send(window, size);
        window.Accept(reply);

        Assert.False(window.Accept(reply));

        Assert.Equal((1, 1, 0), (window.Result.Echoed, window.Result.Duplicated, window.Result.Altered));
        Assert.False(window.Result.Perfect);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public void A_reply_of_another_length_is_altered(int length)
    {
        EchoWindow window = new();
        byte[] reply = Send(window, 100);
        Array.Resize(ref reply, length);

        Assert.False(window.Accept(reply));

        Assert.Equal(1, window.Result.Altered);
    }

    [Fact]
    public void What_is_abandoned_is_lost()
    {
        EchoWindow window = new();
        Send(window, 64);
        Send(window, 2);

        window.Abandon();

        Assert.Equal((2, 2, 0), (window.Result.Sent, window.Result.Lost, window.InFlight));
    }

    private static byte[] Send(EchoWindow window, int size)
    {
        byte[] payload = new byte[size];
        window.Compose(payload);
        return payload;
    }
}
