using System;

namespace Web;

/// <summary>The head of an answer (RFC 9112, 4 and 5).</summary>
internal static class Response
{
    /// <summary>Writes one, with the empty line behind it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="status">The status.</param>
    /// <param name="type">The content's media type; null if there is no content.</param>
    /// <param name="length">Bytes of content.</param>
    /// <param name="keepsAlive">Whether the connection is kept.</param>
    /// <param name="page">Whose content it is; null for content that is made anew each time.</param>
    public static void WriteHead(ByteWriter output, int status, string? type, long length, bool keepsAlive, Page? page)
    {
        output.Append("HTTP/1.1 "u8);
        output.Append(HttpStatus.Line(status));
        output.Append("\r\nServer: guest\r\n"u8);
        HttpDate.Write(output);
        if (page is not null)
        {
            output.Append("ETag: "u8);
            output.Append(page.Tag);
            output.Append("\r\nAccept-Ranges: bytes\r\n"u8);
        }
        else
        {
            output.Append("Cache-Control: no-store\r\n"u8);
        }

        if (type is not null)
        {
            output.Append("Content-Type: "u8);
            output.Append(type);
            output.Append("\r\n"u8);
        }

        if (status != HttpStatus.NotModified)
        {
            output.Append("Content-Length: "u8);
            output.Append(length);
            output.Append("\r\n"u8);
        }

        if (status is HttpStatus.MethodNotAllowed)
            output.Append("Allow: GET, HEAD\r\n"u8);
        WriteConnection(output, keepsAlive);
    }

    /// <summary>Writes the head of an answer with a part of a page.</summary>
    public static void WritePartHead(ByteWriter output, Page page, int start, int end, bool keepsAlive)
    {
        output.Append("HTTP/1.1 "u8);
        output.Append(HttpStatus.Line(start < end ? HttpStatus.PartialContent : HttpStatus.RangeNotSatisfiable));
        output.Append("\r\nServer: guest\r\n"u8);
        HttpDate.Write(output);
        output.Append("ETag: "u8);
        output.Append(page.Tag);
        output.Append("\r\nContent-Range: bytes "u8);
        if (start < end)
        {
            output.Append(start);
            output.Append("-"u8);
            output.Append(end - 1);
        }
        else
        {
            output.Append("*"u8);
        }

        output.Append("/"u8);
        output.Append(page.Content.Length);
        if (start < end)
        {
            output.Append("\r\nContent-Type: "u8);
            output.Append(page.Type);
        }

        output.Append("\r\nContent-Length: "u8);
        output.Append(end - start);
        output.Append("\r\n"u8);
        WriteConnection(output, keepsAlive);
    }

    // Who speaks HTTP/1.0 takes a connection for kept only if it is told so (RFC 9112, C.2.2).
    private static void WriteConnection(ByteWriter output, bool keepsAlive) =>
        output.Append(keepsAlive ? "Connection: keep-alive\r\n\r\n"u8 : "Connection: close\r\n\r\n"u8);
}
