using System;
using System.Collections.Generic;

namespace Guest.Net.Devices.Tests;

/// <summary>Frames for tests, and the way between them and packet buffers.</summary>
internal static class Frames
{
    /// <summary>A frame of a length whose every byte depends on its place and on <paramref name="seed"/>.</summary>
    public static byte[] Make(int length, int seed = 1)
    {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++)
            frame[i] = (byte)((i * 7) + (seed * 13));
        return frame;
    }

    /// <summary>Hands copies of frames to a device.</summary>
    /// <returns>How many it took; the others are back in the pool.</returns>
    public static int Send(this INetworkDevice device, PacketPool pool, params byte[][] frames) => Send(device, pool, false, frames);

    public static int Send(this INetworkDevice device, PacketPool pool, bool more, params byte[][] frames)
    {
        PacketBuffer[] burst = new PacketBuffer[frames.Length];
        for (int i = 0; i < frames.Length; i++)
            burst[i] = Fill(pool, frames[i]);
        int taken = device.Transmit(burst, more);
        for (int i = taken; i < burst.Length; i++)
            burst[i].Release();
        return taken;
    }

    /// <summary>A buffer from the pool that holds a frame.</summary>
    public static PacketBuffer Fill(PacketPool pool, byte[] frame)
    {
        PacketBuffer buffer = pool.TryTake() ?? throw new InvalidOperationException("the pool is empty");
        buffer.Length = frame.Length;
        frame.CopyTo(buffer.Data);
        return buffer;
    }

    /// <summary>Takes what has arrived, in bursts, and gives the buffers back.</summary>
    public static List<byte[]> Drain(this INetworkDevice device, int burst = 16)
    {
        List<byte[]> frames = [];
        PacketBuffer[] buffers = new PacketBuffer[burst];
        while (true)
        {
            int count = device.Receive(buffers);
            for (int i = 0; i < count; i++)
            {
                frames.Add(buffers[i].Data.ToArray());
                buffers[i].Release();
            }

            if (count == 0)
                return frames;
        }
    }

    /// <summary>Memory at an address that a driver gave to a chip: hosted, the address is the pointer.</summary>
    public static unsafe Span<byte> Memory(ulong address, int length)
    {
        Assert.NotEqual(0ul, address);
        return new((byte*)address, length);
    }
}
