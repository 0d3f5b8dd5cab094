using System;

namespace Web;

/// <summary>The head of a request (RFC 9112, 2 to 5): where its parts lie in what was received.</summary>
internal ref struct HttpRequest
{
    private int _hosts;

    /// <summary>The method; case matters.</summary>
    public ReadOnlySpan<byte> Method;

    /// <summary>The path, without scheme, host and query.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>Of the field If-None-Match.</summary>
    public ReadOnlySpan<byte> IfNoneMatch;

    /// <summary>Of the field Range.</summary>
    public ReadOnlySpan<byte> Range;

    /// <summary>Of the field If-Range.</summary>
    public ReadOnlySpan<byte> IfRange;

    /// <summary>Whether the connection is kept for the next request.</summary>
    public bool KeepsAlive;

    /// <summary>Whether content follows whose length nobody knows beforehand.</summary>
    public bool HasTransferCoding;

    /// <summary>Bytes of content that follow.</summary>
    public long ContentLength;

    /// <summary>Reads a head.</summary>
    /// <param name="head">All of it, up to and including the line end before the empty line.</param>
    /// <param name="request">The request, as far as it could be read.</param>
    /// <returns>0, or the status that says what is wrong with it.</returns>
    public static int Read(ReadOnlySpan<byte> head, out HttpRequest request)
    {
        request = default;
        int status = request.ReadRequestLine(TakeLine(ref head));
        while (status == 0 && !head.IsEmpty)
            status = request.ReadField(TakeLine(ref head));
        if (status == 0 && (request._hosts > 1 || (request._hosts == 0 && !request._isOld)))
            status = HttpStatus.BadRequest;
        return status;
    }

    private bool _isOld;

    private static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> head)
    {
        int end = EndOfLine(head);
        ReadOnlySpan<byte> line = end < 0 ? head : head[..end];
        head = end < 0 ? default : head[(end + 2)..];
        return line;
    }

    private static int EndOfLine(ReadOnlySpan<byte> head)
    {
        int at = 0;
        while (head[at..].IndexOf((byte)'\r') is >= 0 and int found)
        {
            at += found + 1;
            if (at < head.Length && head[at] == '\n')
                return at - 1;
        }

        return -1;
    }

    private int ReadRequestLine(ReadOnlySpan<byte> line)
    {
        // Behind the last space stands the version, which is always as long.
        int first = line.IndexOf((byte)' ');
        int last = line.Length - "HTTP/1.1".Length - 1;
        if (first <= 0 || last <= first + 1 || line[last] != ' ' || line[^1] == ' ')
            return HttpStatus.BadRequest;
        Method = line[..first];
        ReadOnlySpan<byte> version = line[(last + 1)..];
        if (!version.StartsWith("HTTP/"u8))
            return HttpStatus.BadRequest;
        _isOld = version.SequenceEqual("HTTP/1.0"u8);
        if (!_isOld && !version.StartsWith("HTTP/1."u8))
            return HttpStatus.VersionNotSupported;
        KeepsAlive = !_isOld;
        return ReadTarget(line[(first + 1)..last]);
    }

    // RFC 9112, 3.2: a path, or a whole URI, as for a proxy.
    private int ReadTarget(ReadOnlySpan<byte> target)
    {
        if (target.StartsWith("http://"u8))
        {
            target = target["http://".Length..];
            int path = target.IndexOf((byte)'/');
            target = path < 0 ? "/"u8 : target[path..];
        }

        if (target[0] != '/' || target.Contains((byte)' '))
            return HttpStatus.BadRequest;
        int query = target.IndexOf((byte)'?');
        Path = query < 0 ? target : target[..query];
        return 0;
    }

    // RFC 9112, 5.1: no space before the colon, and no line that goes on with the one before.
    private int ReadField(ReadOnlySpan<byte> line)
    {
        int colon = 0;
        while (colon < line.Length && line[colon] is not ((byte)':' or (byte)' ' or (byte)'\t'))
            colon++;
        if (colon == 0 || colon == line.Length || line[colon] != ':' || HasForbidden(line))
            return HttpStatus.BadRequest;
        ReadOnlySpan<byte> name = line[..colon];
        ReadOnlySpan<byte> value = Trim(line[(colon + 1)..]);
        switch (name.Length)
        {
            case 4 when Is(name, "host"u8):
                _hosts++;
                break;
            case 5 when Is(name, "range"u8):
                Range = value;
                break;
            case 8 when Is(name, "if-range"u8):
                IfRange = value;
                break;
            case 10 when Is(name, "connection"u8):
                ReadConnection(value);
                break;
            case 13 when Is(name, "if-none-match"u8):
                IfNoneMatch = value;
                break;
            case 14 when Is(name, "content-length"u8):
                return ReadLength(value);
            case 17 when Is(name, "transfer-encoding"u8):
                HasTransferCoding = true;
                break;
        }

        return 0;
    }

    // RFC 9110, 5.5.
    private static bool HasForbidden(ReadOnlySpan<byte> line)
    {
        foreach (byte b in line)
        {
            if (b is 0 or (byte)'\r' or (byte)'\n')
                return true;
        }

        return false;
    }

    private void ReadConnection(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            int comma = options.IndexOf((byte)',');
            ReadOnlySpan<byte> option = Trim(comma < 0 ? options : options[..comma]);
            options = comma < 0 ? default : options[(comma + 1)..];
            if (Is(option, "close"u8))
                KeepsAlive = false;
            else if (_isOld && Is(option, "keep-alive"u8))
                KeepsAlive = true;
        }
    }

    private int ReadLength(ReadOnlySpan<byte> value)
    {
        const int MostDigits = 18;
        if (ContentLength != 0 || value.IsEmpty || value.Length > MostDigits)
            return HttpStatus.BadRequest;
        foreach (byte digit in value)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return HttpStatus.BadRequest;
            ContentLength = (ContentLength * 10) + (digit - '0');
        }

        return 0;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty && value[0] is (byte)' ' or (byte)'\t')
            value = value[1..];
        while (!value.IsEmpty && value[^1] is (byte)' ' or (byte)'\t')
            value = value[..^1];
        return value;
    }

    /// <summary>Whether a name is another that is given in small letters.</summary>
    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> small)
    {
        if (name.Length != small.Length)
            return false;
        for (int i = 0; i < name.Length; i++)
        {
            int c = name[i] is >= (byte)'A' and <= (byte)'Z' ? name[i] | 0x20 : name[i];
            if (c != small[i])
                return false;
        }

        return true;
    }
}
