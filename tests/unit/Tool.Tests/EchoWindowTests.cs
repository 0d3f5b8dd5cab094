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

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void A_faithful_reply_to_what_was_abandoned_is_late_and_not_altered_and_the_next_is_neither(int size)
    {
        EchoWindow window = new();
        byte[] reply = Send(window, size);
        window.Abandon();

        Assert.False(window.Accept(reply));

        Assert.Equal((1, 1, 0, 0), (window.Result.Lost, window.Result.Late, window.Result.Altered, window.Result.Echoed));
        Assert.False(window.Result.Perfect);

        Assert.True(window.Accept(Send(window, size)));
        Assert.Equal(1, window.Result.Echoed);
    }

    [Fact]
    public void A_reply_to_what_was_abandoned_with_one_bit_changed_is_altered()
    {
        EchoWindow window = new();
        byte[] reply = Send(window, 64);
        window.Abandon();
        reply[63] ^= 1;

        Assert.False(window.Accept(reply));

        Assert.Equal((0, 1), (window.Result.Late, window.Result.Altered));
    }

    private static byte[] Send(EchoWindow window, int size)
    {
        byte[] payload = new byte[size];
        window.Compose(payload);
        return payload;
    }
}
