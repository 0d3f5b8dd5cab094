using System;
using System.Collections.Generic;

namespace Guest.Testing;

/// <summary>A buffer as a model device found it in a ring.</summary>
public sealed unsafe record ModelChain(ushort Id, int Descriptors, List<(ulong Address, uint Length, bool DeviceWrites)> Segments)
{
    public int Writable
    {
        get
        {
            int sum = 0;
            foreach (var segment in Segments)
                sum += segment.DeviceWrites ? (int)segment.Length : 0;
            return sum;
        }
    }

    /// <summary>What the driver gave the device to read.</summary>
    public byte[] Read()
    {
        List<byte> bytes = [];
        foreach (var (address, length, deviceWrites) in Segments)
        {
            if (!deviceWrites)
                bytes.AddRange(new ReadOnlySpan<byte>((void*)address, (int)length));
        }

        return [.. bytes];
    }

    /// <summary>Writes into the driver's buffer and returns how much fitted.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        foreach (var (address, length, deviceWrites) in Segments)
        {
            if (!deviceWrites)
                continue;
            int part = Math.Min((int)length, bytes.Length - written);
            bytes.Slice(written, part).CopyTo(new Span<byte>((void*)address, part));
            written += part;
        }

        return written;
    }
}
