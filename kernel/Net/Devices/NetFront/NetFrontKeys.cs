using System;
using Guest.Pv.Xen;

namespace Guest.Net.Devices;

/// <summary>What a network front end reads and writes in its own place of the store, <c>device/vif/INDEX</c> (io/netif.h).</summary>
internal static class NetFrontKeys
{
    private const int UsualMtu = 1500;
    private const int AddressLength = 17;

    /// <summary>Reads the card's address.</summary>
    public static bool TryReadAddress(XenStore store, int index, out MacAddress address)
    {
        address = default;
        Span<byte> text = stackalloc byte[AddressLength];
        return store.Read($"device/vif/{index}/mac", text, out int length) == XenStoreStatus.Done
            && TryParseAddress(text[..length], out address);
    }

    /// <summary>Reads the MTU that the toolstack wants; 0 if it wants none.</summary>
    public static uint ReadMtu(XenStore store, int index) =>
        store.ReadNumber($"device/vif/{index}/mtu", out uint mtu) == XenStoreStatus.Done ? mtu : 0;

    /// <summary>Takes what the store says, if that can be an MTU (RFC 791: 68 at least).</summary>
    public static int MtuOf(uint told) => told is >= 68 and <= 65535 ? (int)told : UsualMtu;

    /// <summary>Writes one key of a connection.</summary>
    public static bool Write(XenStore store, int index, string key, uint value, uint transaction) =>
        store.Write($"device/vif/{index}/{key}", $"{value}", transaction) == XenStoreStatus.Done;

    /// <summary>Writes what this front end can do whatever its back end offers.</summary>
    public static bool WriteFeatures(XenStore store, int index, uint transaction) =>
        Write(store, index, "request-rx-copy", 1, transaction)
        && Write(store, index, "feature-rx-notify", 1, transaction)
        && Write(store, index, "feature-sg", 1, transaction)
        && Write(store, index, "feature-gso-tcpv4", 1, transaction)
        && Write(store, index, "feature-gso-tcpv6", 1, transaction)
        && Write(store, index, "feature-ipv6-csum-offload", 1, transaction);

    private static bool TryParseAddress(ReadOnlySpan<byte> text, out MacAddress address)
    {
        address = default;
        if (text.Length != AddressLength)
            return false;
        ulong bits = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i % 3 == 2)
            {
                if (text[i] != (byte)':')
                    return false;
                continue;
            }

            int digit = text[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => text[i] - '0',
                >= (byte)'a' and <= (byte)'f' => text[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => text[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            bits = (bits << 4) | (uint)digit;
        }

        address = new MacAddress(bits);
        return true;
    }
}
