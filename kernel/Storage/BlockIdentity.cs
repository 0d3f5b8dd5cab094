using System;

namespace Guest.Storage;

/// <summary>Which disk this is, as far as it says; each text printable ASCII without padding, empty if it does not say. It is told anew when
/// another disk comes to the place of this one, and takes no memory for that.</summary>
public sealed class BlockIdentity
{
    private readonly byte[] _model = new byte[40];
    private readonly byte[] _serial = new byte[20];
    private int _modelLength;
    private int _serialLength;

    /// <summary>A disk that says nothing, or no more than its kind.</summary>
    public BlockIdentity(ReadOnlySpan<byte> model = default) => Tell(model, []);

    /// <summary>The maker's name for its kind.</summary>
    public ReadOnlySpan<byte> Model => _model.AsSpan(0, _modelLength);

    /// <summary>Its own number.</summary>
    public ReadOnlySpan<byte> Serial => _serial.AsSpan(0, _serialLength);

    /// <summary>Takes what the disk says of itself: of each text what is before the first NUL, without the spaces at its ends; what is not printable ASCII
    /// becomes <c>?</c>, and what is too long is cut.</summary>
    internal void Tell(ReadOnlySpan<byte> model, ReadOnlySpan<byte> serial)
    {
        _modelLength = Copy(model, _model);
        _serialLength = Copy(serial, _serial);
    }

    private static int Copy(ReadOnlySpan<byte> told, Span<byte> text)
    {
        int end = told.IndexOf((byte)0);
        if (end >= 0)
            told = told[..end];
        int start = 0;
        while (start < told.Length && told[start] == ' ')
            start++;
        told = told[start..];
        int length = Math.Min(told.Length, text.Length);
        while (length > 0 && told[length - 1] == ' ')
            length--;
        for (int i = 0; i < length; i++)
            text[i] = told[i] is >= (byte)' ' and <= (byte)'~' ? told[i] : (byte)'?';
        return length;
    }
}
