using System;

namespace Web;

/// <summary>A page in memory.</summary>
internal sealed class Page
{
    private const ulong HashStart = 14_695_981_039_346_656_037;
    private const ulong HashFactor = 1_099_511_628_211;

    /// <summary>Makes one.</summary>
    public Page(string path, string type, byte[] content)
    {
        Path = Ascii(path);
        Content = content;
        Type = type;
        Tag = MakeTag(content);
        ByteWriter whole = new(content.Length + 512);
        Response.WriteHead(whole, HttpStatus.Ok, type, content.Length, keepsAlive: true, this);
        HeadLength = whole.Length;
        whole.Append(content);
        Whole = whole.Written.ToArray();
    }

    /// <summary>Where it is.</summary>
    public byte[] Path { get; }

    /// <summary>Its media type.</summary>
    public string Type { get; }

    /// <summary>What it is.</summary>
    public byte[] Content { get; }

    /// <summary>What tells it from other versions, in quotation marks.</summary>
    public byte[] Tag { get; }

    /// <summary>The answer to who wants all of it and may ask again, where nobody knows the time, which it would have: head and content.</summary>
    public byte[] Whole { get; }

    /// <summary>How much of that is the head.</summary>
    public int HeadLength { get; }

    private static byte[] Ascii(string text)
    {
        ByteWriter writer = new(text.Length);
        writer.Append(text);
        return writer.Written.ToArray();
    }

    // FNV-1a, 64 bits.
    private static byte[] MakeTag(byte[] content)
    {
        ulong hash = HashStart;
        foreach (byte b in content)
            hash = (hash ^ b) * HashFactor;
        ByteWriter tag = new(32);
        tag.Append("\""u8);
        tag.Append((long)(hash >> 1));
        tag.Append("\""u8);
        return tag.Written.ToArray();
    }
}
