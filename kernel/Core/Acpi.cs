using System;

namespace Guest.Core;

/// <summary>Finds the tables with which firmware describes the board (ACPI 6.5, 5.2).</summary>
/// <remarks>Firmware is trusted no further than a device: lengths are bounded and checksums verified before a table is used.</remarks>
public sealed unsafe class Acpi
{
    private const int HeaderSize = 36;
    private const uint MaximumTableSize = 1024 * 1024;
    private const int MaximumTables = 64;

    private readonly Platform _platform;
    private readonly ReadOnlyMemoryView _root;
    private readonly bool _wide;

    private Acpi(Platform platform, ReadOnlyMemoryView root, bool wide)
    {
        _platform = platform;
        _root = root;
        _wide = wide;
    }

    /// <summary>Opens the tables behind a root pointer (RSDP), or returns null where there are none or they are broken.</summary>
    public static Acpi? TryOpen(Platform platform, ulong rootPointer)
    {
        if (rootPointer == 0)
            return null;
        byte* pointer = (byte*)platform.MapDevice(rootPointer, HeaderSize);
        if (pointer is null || !new ReadOnlySpan<byte>(pointer, 8).SequenceEqual("RSD PTR "u8) || Sum(pointer, 20) != 0)
            return null;
        bool wide = pointer[15] >= 2 && *(ulong*)(pointer + 24) != 0;
        ulong root = wide ? *(ulong*)(pointer + 24) : *(uint*)(pointer + 16);
        ReadOnlyMemoryView table = TryMap(platform, root);
        return table.Length == 0 ? null : new Acpi(platform, table, wide);
    }

    /// <summary>The board's description in AML (DSDT) at the address that the FADT names, header included; empty if there is none. It stays where it is.
    /// Its sum is not verified, since that takes longer than all else at boot: who reads it must expect any bytes.</summary>
    public ReadOnlySpan<byte> OpenDescription(ulong address) => TryMap(_platform, address, "DSDT"u8, verified: false).Bytes;

    /// <summary>A further part of that description (SSDT), header included; empty if there are not so many.</summary>
    public ReadOnlySpan<byte> FindDescription(int index) => Find("SSDT"u8, index);

    /// <summary>The whole table of a four-letter name, header included; empty if there is none.</summary>
    /// <param name="signature">The name.</param>
    /// <param name="index">Which one of those that have it.</param>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> signature, int index = 0)
    {
        int entrySize = _wide ? 8 : 4;
        int count = Math.Min((_root.Length - HeaderSize) / entrySize, MaximumTables);
        for (int i = 0; i < count; i++)
        {
            byte* entry = _root.Start + HeaderSize + (i * entrySize);
            ReadOnlyMemoryView table = TryMap(_platform, _wide ? *(ulong*)entry : *(uint*)entry, signature);
            if (table.Length != 0 && index-- == 0)
                return table.Bytes;
        }

        return default;
    }

    private static ReadOnlyMemoryView TryMap(Platform platform, ulong address, ReadOnlySpan<byte> signature = default, bool verified = true)
    {
        if (address == 0)
            return default;
        byte* header = (byte*)platform.MapDevice(address, HeaderSize);
        if (header is null)
            return default;
        uint length = *(uint*)(header + 4);
        if (length is < HeaderSize or > MaximumTableSize)
            return default;
        if (!signature.IsEmpty && !new ReadOnlySpan<byte>(header, 4).SequenceEqual(signature))
            return default;
        byte* whole = (byte*)platform.MapDevice(address, length);
        if (whole is null)
            return default;
        return !verified || Sum(whole, (int)length) == 0 ? new ReadOnlyMemoryView(whole, (int)length) : default;
    }

    private static byte Sum(byte* bytes, int count)
    {
        byte sum = 0;
        for (int i = 0; i < count; i++)
            sum += bytes[i];
        return sum;
    }

    private readonly record struct ReadOnlyMemoryView(nint Address, int Length)
    {
        public ReadOnlyMemoryView(byte* start, int length)
            : this((nint)start, length)
        {
        }

        public byte* Start => (byte*)Address;

        public ReadOnlySpan<byte> Bytes => new(Start, Length);
    }
}
