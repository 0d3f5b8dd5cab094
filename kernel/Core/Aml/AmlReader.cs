using System;
using System.Runtime.CompilerServices;

namespace Guest.Core.Aml;

/// <summary>Reads the byte code of a definition block piece by piece (ACPI 6.5, 20.2), and never past its end.</summary>
/// <remarks>It knows what stands between one object and the next, no more: nothing is evaluated. Where it meets what it does not know it
/// says so, and whoever walks a list leaves the rest of that list aside.</remarks>
internal ref struct AmlReader(ReadOnlySpan<byte> code, int at, int end)
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte BytePrefix = 0x0a;
    private const byte WordPrefix = 0x0b;
    private const byte DWordPrefix = 0x0c;
    private const byte StringPrefix = 0x0d;
    private const byte QWordPrefix = 0x0e;
    private const byte OnesOp = 0xff;

    private readonly ReadOnlySpan<byte> _code = code;

    /// <summary>Where the next byte lies.</summary>
    public int At { get; private set; } = at;

    /// <summary>Where the list ends.</summary>
    public int End { get; } = end <= code.Length ? end : code.Length;

    /// <summary>Whether all is read.</summary>
    public readonly bool AtEnd => At >= End;

    /// <summary>The next byte, or 0 at the end.</summary>
    public readonly byte Peek
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => At < End ? _code[At] : (byte)0;
    }

    /// <summary>Takes a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryByte(out byte value)
    {
        value = Peek;
        if (AtEnd)
            return false;
        At++;
        return true;
    }

    /// <summary>Passes over bytes.</summary>
    public bool TrySkip(int count)
    {
        if (count < 0 || count > End - At)
            return false;
        At += count;
        return true;
    }

    /// <summary>Takes a package's length (20.2.4) and gives a reader of what is in the package; this one goes on behind it.</summary>
    public bool TryPackage(out AmlReader inside)
    {
        inside = default;
        int start = At;
        if (!TryByte(out byte lead))
            return false;
        int further = lead >> 6;
        int length = further == 0 ? lead & 0x3f : lead & 0x0f;
        for (int i = 0; i < further; i++)
        {
            if (!TryByte(out byte next))
                return false;
            length |= next << (4 + (8 * i));
        }

        if (length < At - start || length > End - start)
            return false;
        inside = new AmlReader(_code, At, start + length);
        At = start + length;
        return true;
    }

    /// <summary>Takes a name (20.2.2).</summary>
    public bool TryName(out AmlPath path)
    {
        path = default;
        bool absolute = Peek == '\\';
        if (absolute)
            At++;
        int parents = 0;
        for (; Peek == '^'; At++)
            parents++;
        int segments = 1;
        switch (Peek)
        {
            case 0: // NullName
                if (!TryByte(out _))
                    return false;
                segments = 0;
                break;
            case 0x2e: // DualNamePrefix
                At++;
                segments = 2;
                break;
            case 0x2f: // MultiNamePrefix
                At++;
                if (!TryByte(out byte count))
                    return false;
                segments = count;
                break;
            default:
                break;
        }

        int first = At;
        if (!TrySkip(segments * 4))
            return false;
        for (int i = 0; i < segments; i++)
        {
            if (!StartsName(_code[first + (i * 4)]))
                return false;
        }

        path = new AmlPath(_code.Slice(first, segments * 4), absolute, parents);
        return true;
    }

    /// <summary>Takes an integer constant (20.2.3).</summary>
    public bool TryInteger(out ulong value)
    {
        value = 0;
        int size;
        switch (Peek)
        {
            case ZeroOp:
                return TryByte(out _);
            case OneOp:
                value = 1;
                return TryByte(out _);
            case OnesOp:
                value = ulong.MaxValue;
                return TryByte(out _);
            case BytePrefix:
                size = 1;
                break;
            case WordPrefix:
                size = 2;
                break;
            case DWordPrefix:
                size = 4;
                break;
            case QWordPrefix:
                size = 8;
                break;
            default:
                return false;
        }

        At++;
        int from = At;
        if (!TrySkip(size))
            return false;
        for (int i = size - 1; i >= 0; i--)
            value = (value << 8) | _code[from + i];
        return true;
    }

    /// <summary>Takes a string constant, without the zero at its end.</summary>
    public bool TryString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Peek != StringPrefix)
            return false;
        int length = _code[(At + 1)..End].IndexOf((byte)0);
        if (length < 0)
            return false;
        text = _code.Slice(At + 1, length);
        At += length + 2;
        return true;
    }

    /// <summary>Takes a buffer whose size and bytes are constants.</summary>
    public bool TryBuffer(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (Peek != AmlOpcode.Buffer)
            return false;
        At++;
        if (!TryPackage(out AmlReader inside) || !inside.TryInteger(out _))
            return false;
        bytes = _code[inside.At..inside.End];
        return true;
    }

    /// <summary>Takes a package of data (20.2.5.4) and gives a reader of its elements.</summary>
    public bool TryElements(out AmlReader elements)
    {
        elements = default;
        byte opcode = Peek;
        if (opcode is not (AmlOpcode.Package or AmlOpcode.VariablePackage))
            return false;
        At++;
        return TryPackage(out elements) && (opcode == AmlOpcode.Package ? elements.TrySkip(1) : elements.TryInteger(out _));
    }

    /// <summary>Passes over a constant, a buffer, a package or the name of another object.</summary>
    public bool TrySkipData()
    {
        byte next = Peek;
        switch (next)
        {
            case AmlOpcode.Buffer or AmlOpcode.Package or AmlOpcode.VariablePackage:
                At++;
                return TryPackage(out _);
            case StringPrefix:
                return TryString(out _);
            case AmlOpcode.Extended when At + 1 < End && _code[At + 1] == AmlOpcode.Revision:
                return TrySkip(2);
            default:
                return StartsPath(next) ? TryName(out _) : TryInteger(out _);
        }
    }

    /// <summary>What is left, as bytes.</summary>
    public readonly ReadOnlySpan<byte> Rest => At < End ? _code[At..End] : default;

    private static bool StartsName(byte value) => value is >= (byte)'A' and <= (byte)'Z' or (byte)'_';

    private static bool StartsPath(byte value) => StartsName(value) || value is (byte)'\\' or (byte)'^' or 0x2e or 0x2f;
}
