using System;

namespace DiskJobs;

/// <summary>One line of JSON in the making. Names and texts are the program's own or a device's printable name.</summary>
internal sealed class JsonLine
{
    private readonly char[] _text = new char[1024];
    private int _length;

    /// <summary>Prints a line that says what is wrong.</summary>
    public static void PrintError(string problem)
    {
        JsonLine line = new();
        line.Add("error", problem);
        line.Print();
    }

    /// <summary>Adds a text.</summary>
    public void Add(string name, string value)
    {
        AddName(name);
        Append("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                Append("\\");
            Append(new ReadOnlySpan<char>(in c));
        }

        Append("\"");
    }

    /// <summary>Adds a number.</summary>
    public void Add(string name, long value)
    {
        AddName(name);
        Span<char> digits = stackalloc char[20];
        int at = digits.Length;
        ulong left = (ulong)Math.Abs(value);
        do
        {
            digits[--at] = (char)('0' + (left % 10));
            left /= 10;
        }
        while (left != 0);
        if (value < 0)
            digits[--at] = '-';
        Append(digits[at..]);
    }

    /// <summary>Adds bytes, as hexadecimal digits.</summary>
    public void AddHex(string name, ReadOnlySpan<byte> bytes)
    {
        AddName(name);
        Append("\"");
        foreach (byte b in bytes)
        {
            Append("0123456789abcdef".AsSpan(b >> 4, 1));
            Append("0123456789abcdef".AsSpan(b & 15, 1));
        }

        Append("\"");
    }

    /// <summary>Ends the line and prints it.</summary>
    public void Print()
    {
        Append("}");
        Console.WriteLine(new string(_text, 0, _length));
    }

    private void AddName(string name)
    {
        Append(_length == 0 ? "{\"" : ",\"");
        Append(name);
        Append("\":");
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (text.Length > _text.Length - _length)
            return;
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }
}
