using System;

namespace Guest.Storage.Devices;

/// <summary>Text that a device tells: names and serial numbers.</summary>
internal static class DeviceText
{
    /// <summary>Makes text of bytes up to the first NUL, without spaces at its ends; what is not printable ASCII becomes <c>?</c>.</summary>
    /// <param name="bytes">What the device says.</param>
    /// <param name="before">What it, or the one before it, said last: where that is the same, nothing is allocated.</param>
    public static string From(ReadOnlySpan<byte> bytes, string before = "")
    {
        int end = bytes.IndexOf((byte)0);
        if (end >= 0)
            bytes = bytes[..end];
        int start = 0;
        while (start < bytes.Length && bytes[start] == ' ')
            start++;
        bytes = bytes[start..];
        int length = bytes.Length;
        while (length > 0 && bytes[length - 1] == ' ')
            length--;
        Span<char> text = stackalloc char[length];
        for (int i = 0; i < length; i++)
            text[i] = bytes[i] is >= (byte)' ' and <= (byte)'~' ? (char)bytes[i] : '?';
        return text.SequenceEqual(before) ? before : new string(text);
    }
}
