using System;
using System.Globalization;
using System.Text;

namespace Guest.Rig.Network.Streams;

/// <summary>A page that is asked for again and again on a connection that is kept (HTTP/1.1).</summary>
/// <param name="host">The name or address of the server.</param>
/// <param name="path">The page.</param>
/// <param name="content">What it must be, byte for byte.</param>
public sealed class HttpExchange(string host, string path, byte[] content) : StreamExchange
{
    private const int LongestHead = 4_096;

    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    private readonly byte[] _answer = new byte[LongestHead + content.Length];
    private int _length;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Ask()
    {
        _length = 0;
        return _request;
    }

    /// <inheritdoc/>
    public override bool Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _answer.Length - _length)
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"an answer of more than {_answer.Length} bytes"));
        bytes.CopyTo(_answer.AsSpan(_length));
        _length += bytes.Length;
        ReadOnlySpan<byte> answer = _answer.AsSpan(0, _length);
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        string lines = Encoding.ASCII.GetString(answer[..(head + 2)]);
        if (!lines.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
            || !lines.Contains(string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {content.Length}\r\n"), StringComparison.OrdinalIgnoreCase)
            || lines.Contains("\r\nConnection: close\r\n", StringComparison.OrdinalIgnoreCase))
        {
            throw Wrong($"the head '{lines}'");
        }

        ReadOnlySpan<byte> body = answer[(head + 4)..];
        if (body.Length > content.Length || !body.SequenceEqual(content.AsSpan(0, body.Length)))
            throw Wrong("another page");
        return body.Length == content.Length;
    }
}
