using System;

namespace Guest.Storage.Partitions;

/// <summary>The CRC of Ethernet and GPT: polynomial 04C11DB7, reflected (UEFI 2.10, 5.3.2; ISO 3309).</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xedb8_8320;

    /// <summary>The CRC of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    /// <summary>Goes on with a CRC in the making, which begins as all ones and is inverted at its end.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        // Tables of at most 16 KiB are summed, at boot: a bit at a time will do.
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ (Polynomial & (0 - (crc & 1)));
        }

        return crc;
    }
}
