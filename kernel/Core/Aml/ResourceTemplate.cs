using System;
using System.Buffers.Binary;

namespace Guest.Core.Aml;

/// <summary>Reads a resource template, descriptor by descriptor (ACPI 6.5, 6.4).</summary>
public ref struct ResourceTemplate(ReadOnlySpan<byte> bytes)
{
    private const byte EndTag = 0x0f;
    private const byte SmallPorts = 0x08;
    private const byte SmallFixedPorts = 0x09;
    private const byte LargeMemory32 = 0x05;
    private const byte LargeFixedMemory32 = 0x06;
    private const byte LargeDWordSpace = 0x07;
    private const byte LargeWordSpace = 0x08;
    private const byte LargeInterrupts = 0x09;
    private const byte LargeQWordSpace = 0x0a;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Takes the next descriptor.</summary>
    /// <returns>False at the end, or where the rest makes no sense.</returns>
    public bool TryNext(out FirmwareResource resource)
    {
        resource = default;
        if (_rest.IsEmpty)
            return false;
        byte tag = _rest[0];
        bool large = (tag & 0x80) != 0;
        int type = large ? tag & 0x7f : tag >> 3;
        int header = large ? 3 : 1;
        if (_rest.Length < header || (!large && type == EndTag))
            return false;
        int length = large ? BinaryPrimitives.ReadUInt16LittleEndian(_rest[1..]) : tag & 7;
        if (length > _rest.Length - header)
            return false;
        ReadOnlySpan<byte> body = _rest.Slice(header, length);
        _rest = _rest[(header + length)..];
        resource = large ? Large(type, body) : Small(type, body);
        return true;
    }

    private static FirmwareResource Small(int type, ReadOnlySpan<byte> body) => type switch
    {
        SmallPorts when body.Length >= 7 => Range(FirmwareResourceKind.Ports, Read(body, 1, 2), body[6]),
        SmallFixedPorts when body.Length >= 3 => Range(FirmwareResourceKind.Ports, Read(body, 0, 2), body[2]),
        _ => default,
    };

    private static FirmwareResource Large(int type, ReadOnlySpan<byte> body) => type switch
    {
        LargeMemory32 when body.Length >= 17 => Range(FirmwareResourceKind.Memory, Read(body, 1, 4), Read(body, 13, 4)),
        LargeFixedMemory32 when body.Length >= 9 => Range(FirmwareResourceKind.Memory, Read(body, 1, 4), Read(body, 5, 4)),
        LargeInterrupts when body.Length >= 6 && body[1] != 0 =>
            new(FirmwareResourceKind.Interrupt, Read(body, 2, 4), Read(body, 2, 4), IsWindow: false),
        LargeWordSpace => Space(body, 2),
        LargeDWordSpace => Space(body, 4),
        LargeQWordSpace => Space(body, 8),
        _ => default,
    };

    /// <summary>An address space (6.4.3.5): kind and flags, then granularity, first, last, translation and length. One that the bridge
    /// translates is not used.</summary>
    private static FirmwareResource Space(ReadOnlySpan<byte> body, int width)
    {
        if (body.Length < 3 + (5 * width) || Read(body, 3 + (3 * width), width) != 0)
            return default;
        FirmwareResourceKind kind = body[0] switch
        {
            0 => FirmwareResourceKind.Memory,
            1 => FirmwareResourceKind.Ports,
            2 => FirmwareResourceKind.Buses,
            _ => FirmwareResourceKind.Other,
        };
        ulong first = Read(body, 3 + width, width);
        ulong last = Read(body, 3 + (2 * width), width);
        return last < first || Read(body, 3 + (4 * width), width) == 0 ? default : new(kind, first, last, IsWindow: true);
    }

    private static FirmwareResource Range(FirmwareResourceKind kind, ulong first, ulong length) =>
        length == 0 ? default : new(kind, first, first + length - 1, IsWindow: false);

    private static ulong Read(ReadOnlySpan<byte> bytes, int at, int width)
    {
        ulong value = 0;
        for (int i = width - 1; i >= 0; i--)
            value = (value << 8) | bytes[at + i];
        return value;
    }
}
