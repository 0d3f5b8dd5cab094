using System;
using System.Collections.Generic;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>A TCP segment as it lies in a packet, read and written here byte by byte and by nothing of the kernel's.</summary>
internal sealed record SeenSegment(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledgement, string Flags, int Window, byte[] Payload, byte[] Options)
{
    private const string Letters = "FSRPAUEC";

    public int? MaximumSegment => Option(2) is { } at ? (at[2] << 8) | at[3] : null;

    public int? WindowShift => Option(3) is { } at ? at[2] : null;

    public bool PermitsSack => Option(4) is not null;

    public (uint Value, uint Echo)? Timestamps => Option(8) is { } at ? (Read32(at.AsSpan(2)), Read32(at.AsSpan(6))) : null;

    public IReadOnlyList<(uint Start, uint End)> Sack
    {
        get
        {
            List<(uint, uint)> blocks = [];
            if (Option(5) is { } at)
            {
                for (int i = 2; i + 8 <= at.Length; i += 8)
                    blocks.Add((Read32(at.AsSpan(i)), Read32(at.AsSpan(i + 4))));
            }

            return blocks;
        }
    }

    /// <summary>The letters of the flags that are set, in the order of their bits.</summary>
    public static string FlagsOf(byte bits)
    {
        string text = "";
        for (int i = 0; i < 8; i++)
        {
            if ((bits & (1 << i)) != 0)
                text += Letters[i];
        }

        return text;
    }

    public static byte BitsOf(string flags)
    {
        byte bits = 0;
        foreach (char letter in flags)
            bits |= (byte)(1 << Letters.IndexOf(letter, StringComparison.Ordinal));
        return bits;
    }

    public static SeenSegment Read(byte[] tcp)
    {
        int header = (tcp[12] >> 4) * 4;
        Assert.InRange(header, 20, tcp.Length);
        Assert.Equal(0, tcp[12] & 15);
        Assert.Equal(0, (tcp[18] << 8) | tcp[19]);
        return new SeenSegment(
            (ushort)((tcp[0] << 8) | tcp[1]), (ushort)((tcp[2] << 8) | tcp[3]), Read32(tcp.AsSpan(4)), Read32(tcp.AsSpan(8)), FlagsOf(tcp[13]), (tcp[14] << 8) | tcp[15],
            tcp[header..], tcp[20..header]);
    }

    public byte[] Write()
    {
        int header = 20 + ((Options.Length + 3) & ~3);
        byte[] tcp = new byte[header + Payload.Length];
        Write32(tcp, ((uint)SourcePort << 16) | DestinationPort);
        Write32(tcp.AsSpan(4), Sequence);
        Write32(tcp.AsSpan(8), Acknowledgement);
        Write32(tcp.AsSpan(12), ((uint)header << 26) | ((uint)BitsOf(Flags) << 16) | (ushort)Window);
        Options.CopyTo(tcp, 20);
        Payload.CopyTo(tcp, header);
        return tcp;
    }

    public static uint Read32(ReadOnlySpan<byte> at) => ((uint)at[0] << 24) | ((uint)at[1] << 16) | ((uint)at[2] << 8) | at[3];

    public static void Write32(Span<byte> at, uint value)
    {
        at[0] = (byte)(value >> 24);
        at[1] = (byte)(value >> 16);
        at[2] = (byte)(value >> 8);
        at[3] = (byte)value;
    }

    private byte[]? Option(byte kind)
    {
        int at = 0;
        while (at < Options.Length && Options[at] != 0)
        {
            if (Options[at] == 1)
            {
                at++;
                continue;
            }

            int length = Options[at + 1];
            if (Options[at] == kind)
                return Options[at..(at + length)];
            at += length;
        }

        return null;
    }
}
