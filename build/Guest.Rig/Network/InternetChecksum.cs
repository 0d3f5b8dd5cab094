using System;

namespace Guest.Rig.Network;

/// <summary>The ones' complement checksum of RFC 1071, apart from the kernel's own so that the two check one another.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum of bytes whose checksum field is zero; 0 for bytes whose field is right.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
