using System;

namespace Web;

/// <summary>The status codes that are used (RFC 9110, 15).</summary>
internal static class HttpStatus
{
    public const int Ok = 200;
    public const int PartialContent = 206;
    public const int NotModified = 304;
    public const int BadRequest = 400;
    public const int NotFound = 404;
    public const int MethodNotAllowed = 405;
    public const int RequestTimeout = 408;
    public const int ContentTooLarge = 413;
    public const int RangeNotSatisfiable = 416;
    public const int FieldsTooLarge = 431;
    public const int NotImplemented = 501;
    public const int VersionNotSupported = 505;

    /// <summary>A status line's code with its reason.</summary>
    public static ReadOnlySpan<byte> Line(int status) => status switch
    {
        Ok => "200 OK"u8,
        PartialContent => "206 Partial Content"u8,
        NotModified => "304 Not Modified"u8,
        BadRequest => "400 Bad Request"u8,
        NotFound => "404 Not Found"u8,
        MethodNotAllowed => "405 Method Not Allowed"u8,
        RequestTimeout => "408 Request Timeout"u8,
        ContentTooLarge => "413 Content Too Large"u8,
        RangeNotSatisfiable => "416 Range Not Satisfiable"u8,
        FieldsTooLarge => "431 Request Header Fields Too Large"u8,
        NotImplemented => "501 Not Implemented"u8,
        _ => "505 HTTP Version Not Supported"u8,
    };
}
