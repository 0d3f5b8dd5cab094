using System;

namespace Web;

/// <summary>Which pages there are, and what a request for one gets.</summary>
internal sealed class PageSet
{
    /// <summary>The longest answer that is written as a whole: a page that is made anew each time, with its head.</summary>
    public const int LongestAnswer = LongestMade + 1_024;

    private const int LongestMade = 24_576;
    private const int LongestRemembered = 1_024;
    private const int BytesOfMany = 262_144;

    // Pages up to so long are copied behind one another's; a longer one is sent from where it lies.
    private const int LongestCopied = 4_096;

    // Who keeps a connection asks with the same head again and again, and so do others with the same program: the last one that got a page as it is is known by its bytes.
    private readonly byte[] _lastHead = new byte[LongestRemembered];
    private int _lastHeadLength;
    private Page? _lastPage;

    // The page that the request in hand got as it is; whether nothing stands before its answer, nor follows it.
    private Page? _given;
    private bool _isAlone;
    private readonly ByteWriter _made = new(LongestMade);
    private readonly Page[] _pages =
    [
        new("/style.css", "text/css", Content.Style()),
        new("/small", "text/plain", Content.Letters(612)),
        new("/large", "application/octet-stream", Content.Letters(BytesOfMany)),
    ];

    /// <summary>Answers the first request of what was received.</summary>
    /// <param name="connection">Is told what is sent behind the output, and whether it ends then.</param>
    /// <param name="input">What was received.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="longestHead">How long a head may be.</param>
    /// <returns>Bytes that are done with; 0 if there is no whole request.</returns>
    public int AnswerFirst(HttpConnection connection, ReadOnlySpan<byte> input, ByteWriter output, int longestHead)
    {
        if (_lastPage is { } again && !connection.IsEnding && input.StartsWith(_lastHead.AsSpan(0, _lastHeadLength)))
        {
            _isAlone = output.Length == 0 && _lastHeadLength == input.Length;
            WriteWhole(connection, again, output, keepsAlive: true, isHead: false);
            return _lastHeadLength;
        }

        // RFC 9112, 2.2: empty lines in front of a request are passed over.
        int skipped = 0;
        while (input[skipped..].StartsWith("\r\n"u8))
            skipped += 2;
        ReadOnlySpan<byte> rest = input[skipped..];
        int end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (rest.Length < longestHead)
                return skipped;
            Refuse(connection, output, HttpStatus.FieldsTooLarge);
            return input.Length;
        }

        int status = HttpRequest.Read(rest[..(end + 2)], out HttpRequest request);
        if (status == 0)
            status = Judge(in request);
        if (status == 0)
        {
            connection.IsEnding |= !request.KeepsAlive;
            int used = skipped + end + 4;

            // Nothing stands before the answer, and nothing follows: it needs no copy of its own.
            _isAlone = output.Length == 0 && used == input.Length;
            _given = null;
            Answer(connection, in request, output);
            if (_given is { } page && used <= LongestRemembered)
                Remember(page, input[..used]);
            return request.KeepsAlive ? used : input.Length;
        }

        // Where the next request begins is not known.
        Refuse(connection, output, status);
        return input.Length;
    }

    private void Remember(Page page, ReadOnlySpan<byte> head)
    {
        head.CopyTo(_lastHead);
        _lastHeadLength = head.Length;
        _lastPage = page;
    }

    // RFC 9112, 6.1 and 6.3: content with a transfer coding cannot be told from what follows by who does not know the coding.
    private static int Judge(in HttpRequest request)
    {
        if (request.HasTransferCoding)
            return HttpStatus.NotImplemented;
        if (request.ContentLength != 0)
            return HttpStatus.ContentTooLarge;
        return 0;
    }

    /// <summary>Answers what is no request that can be served, and ends the connection.</summary>
    public static void Refuse(HttpConnection connection, ByteWriter output, int status)
    {
        connection.IsEnding = true;
        WriteShort(output, status, keepsAlive: false, isHead: false);
    }

    private static void WriteShort(ByteWriter output, int status, bool keepsAlive, bool isHead)
    {
        ReadOnlySpan<byte> reason = HttpStatus.Line(status);
        Response.WriteHead(output, status, "text/plain", reason.Length + 1, keepsAlive, page: null);
        if (isHead)
            return;
        output.Append(reason);
        output.Append("\n"u8);
    }

    private void Answer(HttpConnection connection, in HttpRequest request, ByteWriter output)
    {
        bool keepsAlive = !connection.IsEnding;
        bool isHead = request.Method.SequenceEqual("HEAD"u8);
        if (!isHead && !request.Method.SequenceEqual("GET"u8))
            WriteShort(output, HttpStatus.MethodNotAllowed, keepsAlive, isHead: false);
        else if (request.Path.SequenceEqual("/"u8))
            WriteMade(output, "text/html; charset=utf-8", StatusPage.Write, keepsAlive, isHead);
        else if (request.Path.SequenceEqual("/metrics"u8))
            WriteMade(output, "text/plain; version=0.0.4; charset=utf-8", MetricsPage.Write, keepsAlive, isHead);
        else if (Find(request.Path) is { } page)
            WritePage(connection, in request, page, output, isHead);
        else
            WriteShort(output, HttpStatus.NotFound, keepsAlive, isHead);
    }

    private Page? Find(ReadOnlySpan<byte> path)
    {
        foreach (Page page in _pages)
        {
            if (path.SequenceEqual(page.Path))
                return page;
        }

        return null;
    }

    private void WriteMade(ByteWriter output, string type, Action<ByteWriter> write, bool keepsAlive, bool isHead)
    {
        _made.Clear();
        write(_made);
        Response.WriteHead(output, HttpStatus.Ok, type, _made.Length, keepsAlive, page: null);
        if (!isHead)
            output.Append(_made.Written);
    }

    private void WritePage(HttpConnection connection, in HttpRequest request, Page page, ByteWriter output, bool isHead)
    {
        bool keepsAlive = !connection.IsEnding;
        if (!request.IfNoneMatch.IsEmpty && Matches(request.IfNoneMatch, page.Tag))
        {
            Response.WriteHead(output, HttpStatus.NotModified, type: null, 0, keepsAlive, page);
        }
        else if (!isHead && WantsPart(in request, page, out int start, out int end))
        {
            Response.WritePartHead(output, page, start, end, keepsAlive);
            Append(connection, output, page.Content, start, end);
        }
        else
        {
            if (!isHead && keepsAlive && request.Range.IsEmpty && request.IfNoneMatch.IsEmpty)
                _given = page;
            WriteWhole(connection, page, output, keepsAlive, isHead);
        }
    }

    private void WriteWhole(HttpConnection connection, Page page, ByteWriter output, bool keepsAlive, bool isHead)
    {
        if (keepsAlive && Clock.UnixSeconds == 0)
        {
            Append(connection, output, page.Whole, 0, isHead ? page.HeadLength : page.Whole.Length);
            return;
        }

        Response.WriteHead(output, HttpStatus.Ok, page.Type, page.Content.Length, keepsAlive, page);
        if (!isHead)
            Append(connection, output, page.Content, 0, page.Content.Length);
    }

    // RFC 9110, 13.1.5: a range of another version is not wanted.
    private static bool WantsPart(in HttpRequest request, Page page, out int start, out int end)
    {
        start = end = 0;
        return !request.Range.IsEmpty && (request.IfRange.IsEmpty || request.IfRange.SequenceEqual(page.Tag))
            && ByteRange.TryRead(request.Range, page.Content.Length, out start, out end);
    }

    // RFC 9110, 13.1.2: any version, or one of a list, whether they are weak or not.
    private static bool Matches(ReadOnlySpan<byte> field, ReadOnlySpan<byte> tag) =>
        field.SequenceEqual("*"u8) || field.IndexOf(tag) >= 0;

    private void Append(HttpConnection connection, ByteWriter output, byte[] bytes, int start, int end)
    {
        if (end - start <= LongestCopied && !(_isAlone && output.Length == 0))
            output.Append(bytes.AsSpan(start, end - start));
        else
            connection.SetBody(bytes, start, end);
    }
}
