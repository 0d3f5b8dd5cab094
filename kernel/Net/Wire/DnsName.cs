using System;

namespace Guest.Net.Wire;

/// <summary>A domain name as messages have it (RFC 1035, 3.1): labels with their lengths in front, the root's last, and letters in lower case, so that names that mean the same are the same
/// bytes (RFC 4343). Its memory is used again for other names.</summary>
public sealed class DnsName
{
    /// <summary>The longest name in bytes, lengths and the root's zero among them (RFC 1035, 2.3.4).</summary>
    public const int LongestSize = 255;

    private const int LongestLabel = 63;
    private const int PointerMark = 0xc0;

    private readonly byte[] _bytes = new byte[LongestSize];
    private int _size;

    /// <summary>The name; empty if there is none.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _size);

    /// <summary>Takes over another name.</summary>
    public void CopyFrom(DnsName other)
    {
        other.Bytes.CopyTo(_bytes);
        _size = other._size;
    }

    /// <summary>Whether both are the same name.</summary>
    public bool Is(DnsName other) => Bytes.SequenceEqual(other.Bytes);

    /// <summary>Whether the name is another one, or below it.</summary>
    public bool IsWithin(DnsName other)
    {
        for (int at = 0; _size - at >= other._size; at += 1 + _bytes[at])
        {
            if (Bytes[at..].SequenceEqual(other.Bytes))
                return true;
        }

        return false;
    }

    /// <summary>Reads a name as people write it; a dot at the end changes nothing.</summary>
    /// <param name="text">The name, in printable ASCII.</param>
    /// <param name="domain">What it is completed by; empty for a complete name.</param>
    /// <returns>False if it is no name, or a label or the whole is too long.</returns>
    public bool TryParse(ReadOnlySpan<char> text, ReadOnlySpan<byte> domain = default)
    {
        int label = 0;
        int at = 1;
        _size = 0;
        if (text.Length > 1 && text[^1] == '.')
            text = text[..^1];
        foreach (char c in text)
        {
            if (c > '~' || !TryAdd((byte)c, ref label, ref at))
                return false;
        }

        if (!domain.IsEmpty && !TryAdd((byte)'.', ref label, ref at))
            return false;
        foreach (byte c in domain)
        {
            if (!TryAdd(c, ref label, ref at))
                return false;
        }

        if (!TryEndLabel(label, at))
            return false;
        _bytes[at] = 0;
        _size = at + 1;
        return true;
    }

    /// <summary>Reads a name in a message, which may go on further to the front (RFC 1035, 4.1.4).</summary>
    /// <param name="message">The message.</param>
    /// <param name="at">Where the name begins; then, where what is behind it begins.</param>
    /// <returns>False if it makes no sense, or is too long.</returns>
    public bool TryRead(ReadOnlySpan<byte> message, ref int at)
    {
        int read = at;
        int limit = message.Length;
        int size = 0;
        bool jumped = false;
        _size = 0;
        while ((uint)read < (uint)limit)
        {
            int label = message[read++];
            if ((label & PointerMark) == PointerMark)
            {
                if (read >= limit)
                    return false;
                int target = ((label & ~PointerMark) << 8) | message[read++];
                if (!jumped)
                    at = read;
                // Each jump leads further to the front than any before it, so that there is an end.
                limit = read - 2;
                jumped = true;
                read = target;
                continue;
            }

            if (label > LongestLabel || label > limit - read || size + 1 + label >= LongestSize + (label == 0 ? 1 : 0))
                return false;
            _bytes[size++] = (byte)label;
            if (label == 0)
            {
                if (!jumped)
                    at = read;
                _size = size;
                return true;
            }

            for (; label > 0; label--)
                _bytes[size++] = Lower(message[read++]);
        }

        return false;
    }

    // The last byte is the root's.
    private bool TryAdd(byte c, ref int label, ref int at)
    {
        if (at >= LongestSize - 1 || c <= (byte)' ' || c > (byte)'~')
            return false;
        if (c != (byte)'.')
        {
            _bytes[at++] = Lower(c);
            return true;
        }

        if (!TryEndLabel(label, at))
            return false;
        label = at++;
        return true;
    }

    private bool TryEndLabel(int label, int end)
    {
        int length = end - label - 1;
        _bytes[label] = (byte)length;
        return length is > 0 and <= LongestLabel;
    }

    private static byte Lower(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
}
