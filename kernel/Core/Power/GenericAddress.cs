using System;
using System.Buffers.Binary;
using Guest.Core.Diagnostics;

namespace Guest.Core.Power;

/// <summary>Where one of the board's own registers lies (ACPI 6.5, 5.2.3.2, Generic Address Structure).</summary>
/// <param name="Space">The kind of address: 0 memory, 1 ports; others are not understood here.</param>
/// <param name="Address">The address; 0 where there is no such register.</param>
public readonly record struct GenericAddress(byte Space, ulong Address)
{
    /// <summary>The structure's size in a table, in bytes.</summary>
    public const int Size = 12;

    private const byte Memory = 0;
    private const byte Ports = 1;
    private const int AddressOffset = 4;

    /// <summary>Reads the structure that a table holds at the span's start.</summary>
    public static GenericAddress Read(ReadOnlySpan<byte> bytes) =>
        new(bytes[0], BinaryPrimitives.ReadUInt64LittleEndian(bytes[AddressOffset..]));

    /// <summary>A register by its port, as older tables name it.</summary>
    public static GenericAddress OfPort(uint port) => new(Ports, port);

    /// <summary>Opens a window of some bytes on the register; null where there is none, or no way to it.</summary>
    public RegisterWindow? Open(Platform platform, ulong bytes, PathCounters counters)
    {
        if (Address == 0)
            return null;
        if (Space == Ports && Address <= ushort.MaxValue)
            return platform.OpenPorts((ushort)Address, counters);
        return Space == Memory && platform.MapDevice(Address, bytes) is var mapped && mapped != 0
            ? platform.OpenMemory(mapped, counters)
            : null;
    }
}
