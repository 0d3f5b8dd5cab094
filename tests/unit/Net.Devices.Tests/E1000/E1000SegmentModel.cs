using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>What an 8254x makes of a packet behind a context for segments (manual, 3.5), written from the manual.</summary>
internal readonly struct E1000SegmentModel(ulong low, ulong high)
{
    private readonly int _ipStart = (byte)low;
    private readonly int _ipChecksum = (byte)(low >> 8);
    private readonly int _ipEnd = (ushort)(low >> 16);
    private readonly int _tcpStart = (byte)(low >> 32);
    private readonly int _tcpChecksum = (byte)(low >> 40);
    private readonly int _payload = (int)(high & 0xfffff);
    private readonly bool _isIpv4 = (high & (1 << 25)) != 0;
    private readonly int _headers = (byte)(high >> 40);
    private readonly int _size = (int)(high >> 48);

    public List<byte[]> Cut(byte[] whole)
    {
        Assert.Equal(_headers + _payload, whole.Length);
        List<byte[]> segments = [];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(_tcpStart + 4));
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(whole.AsSpan(_ipStart + 4));
        for (int at = 0; at < _payload; at += _size)
        {
            int length = Math.Min(_size, _payload - at);
            byte[] segment = [.. whole[.._headers], .. whole.AsSpan(_headers + at, length)];
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(_tcpStart + 4), sequence + (uint)at);
            if (at + length < _payload)
                segment[_tcpStart + 13] &= 0xf6; // FIN and PSH are the last one's
            int tcpLength = segment.Length - _tcpStart;
            if (_isIpv4)
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(_ipStart + 2), (ushort)(segment.Length - _ipStart));
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(_ipStart + 4), identification++);
                Store(segment, _ipChecksum, Sum(segment.AsSpan(_ipStart, _ipEnd + 1 - _ipStart)));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(_ipStart + 4), (ushort)tcpLength);
            }

            Store(segment, _tcpChecksum, Sum(segment.AsSpan(_tcpStart)) + (uint)tcpLength);
            segments.Add(segment);
        }

        return segments;
    }

    private static void Store(byte[] segment, int at, uint sum)
    {
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(at), (ushort)~sum);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        return sum;
    }
}
