using System.Runtime;
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <remarks>New strings. The compiler turns <c>new string(...)</c> into a call of <c>Ctor</c> with the same parameters.</remarks>
public sealed unsafe partial class String
{
#pragma warning disable CA1822 // A constructor in C#'s eyes.
    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[]? value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[] value, int startIndex, int length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char* value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char* value, int startIndex, int length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char c, int count);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(ReadOnlySpan<char> value);
#pragma warning restore CA1822

    public static string Concat(string? str0, string? str1)
    {
        int first = str0?.Length ?? 0;
        string result = Allocate(first + (str1?.Length ?? 0));
        CopyInto(result, 0, str0);
        CopyInto(result, first, str1);
        return result;
    }

    public static string Concat(string? str0, string? str1, string? str2)
    {
        int first = str0?.Length ?? 0;
        int second = first + (str1?.Length ?? 0);
        string result = Allocate(second + (str2?.Length ?? 0));
        CopyInto(result, 0, str0);
        CopyInto(result, first, str1);
        CopyInto(result, second, str2);
        return result;
    }

    public static string Concat(string? str0, string? str1, string? str2, string? str3)
    {
        int first = str0?.Length ?? 0;
        int second = first + (str1?.Length ?? 0);
        int third = second + (str2?.Length ?? 0);
        string result = Allocate(third + (str3?.Length ?? 0));
        CopyInto(result, 0, str0);
        CopyInto(result, first, str1);
        CopyInto(result, second, str2);
        CopyInto(result, third, str3);
        return result;
    }

    public static string Concat(params string?[] values) => Join("", values);

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1)
    {
        string result = Allocate(str0.Length + str1.Length);
        str0.CopyTo(new Span<char>(ref result._firstChar, result.Length));
        str1.CopyTo(new Span<char>(ref Unsafe.Add(ref result._firstChar, str0.Length), str1.Length));
        return result;
    }

    public static string Concat(object? arg0, object? arg1) => Concat(arg0?.ToString(), arg1?.ToString());

    public static string Concat(object? arg0, object? arg1, object? arg2) => Concat(arg0?.ToString(), arg1?.ToString(), arg2?.ToString());

    public static string Join(string? separator, params string?[] value)
    {
        int length = 0;
        for (int i = 0; i < value.Length; i++)
            length += (value[i]?.Length ?? 0) + (i > 0 ? separator?.Length ?? 0 : 0);
        string result = Allocate(length);
        int at = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (i > 0)
                at += CopyInto(result, at, separator);
            at += CopyInto(result, at, value[i]);
        }

        return result;
    }

    /// <summary>A string of zeros that its maker fills before anyone else sees it.</summary>
    internal static string Allocate(int length) =>
        length == 0 ? Empty : Unsafe.As<string>(RuntimeExports.RhNewArray(MethodTable.Of<string>(), length));

    private static int CopyInto(string target, int at, string? text)
    {
        if (text is null)
            return 0;
        Buffer.Memmove(ref Unsafe.Add(ref target._firstChar, at), ref text._firstChar, (nuint)(uint)text.Length);
        return text.Length;
    }

    private static string Ctor(char[]? value) => Ctor(new ReadOnlySpan<char>(value));

    private static string Ctor(char[] value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value, startIndex, length));

    private static string Ctor(char* value)
    {
        int length = 0;
        while (value[length] != 0)
            length++;
        return Ctor(new ReadOnlySpan<char>(value, length));
    }

    private static string Ctor(char* value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value + startIndex, length));

    private static string Ctor(char c, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        string result = Allocate(count);
        new Span<char>(ref result._firstChar, count).Fill(c);
        return result;
    }

    private static string Ctor(ReadOnlySpan<char> value)
    {
        string result = Allocate(value.Length);
        value.CopyTo(new Span<char>(ref result._firstChar, value.Length));
        return result;
    }
}
