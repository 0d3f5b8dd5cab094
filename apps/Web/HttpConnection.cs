using System;
using System.Net.Sockets;

namespace Web;

/// <summary>What the server keeps of a connection. Buffers belong to it only while something waits in them.</summary>
internal sealed class HttpConnection
{
    /// <summary>The socket; it does not block.</summary>
    public Socket Socket { get; private set; } = null!;

    /// <summary>Received, and no whole request yet, or not answered because the other end does not take what was sent; null for nothing.</summary>
    public byte[]? Input { get; set; }

    /// <summary>How much that is.</summary>
    public int InputLength { get; set; }

    /// <summary>Answers that could not be sent yet; null for none.</summary>
    public byte[]? Output { get; set; }

    /// <summary>Where they begin.</summary>
    public int OutputStart { get; set; }

    /// <summary>Where they end.</summary>
    public int OutputEnd { get; set; }

    /// <summary>Of a page, what is sent behind that; null for nothing.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Where that begins.</summary>
    public int BodyStart { get; set; }

    /// <summary>Where that ends.</summary>
    public int BodyEnd { get; set; }

    /// <summary>Whether no more requests come than are there.</summary>
    public bool HasPeerEnded { get; set; }

    /// <summary>Whether it ends once everything is sent.</summary>
    public bool IsEnding { get; set; }

    /// <summary>How much of what still comes is thrown away before it ends, so that the last answer is not lost by a reset; 0 while it goes on.</summary>
    public int Draining { get; set; }

    /// <summary>Whether something waits to be sent.</summary>
    public bool HasUnsent => Output is not null || Body is not null;

    /// <summary>Whether a request was answered since its time was looked at.</summary>
    public bool WasAnswered { get; set; }

    /// <summary>What it waits for; null for one that is over.</summary>
    public ConnectionList? List { get; set; }

    /// <summary>Until when it may wait for that, in milliseconds.</summary>
    public long Deadline { get; set; }

    /// <summary>The one that began to wait next after this one.</summary>
    public HttpConnection? Younger { get; set; }

    /// <summary>The one that began to wait last before this one; of those that are over, the next.</summary>
    public HttpConnection? Older { get; set; }

    /// <summary>Belongs to a socket from now on.</summary>
    public void Begin(Socket socket)
    {
        Socket = socket;
        HasPeerEnded = false;
        IsEnding = false;
        Draining = 0;
        WasAnswered = false;
    }

    /// <summary>Has a part of a page sent behind everything else.</summary>
    public void SetBody(byte[] bytes, int start, int end)
    {
        Body = bytes;
        BodyStart = start;
        BodyEnd = end;
    }

    /// <summary>Sends of a part of a page what can be sent.</summary>
    /// <returns>False if the connection failed.</returns>
    public bool SendBody()
    {
        if (Body is not { } body)
            return true;
        if (!TrySend(body.AsSpan(BodyStart, BodyEnd - BodyStart), out int sent))
            return false;
        BodyStart += sent;
        if (BodyStart == BodyEnd)
            Body = null;
        return true;
    }

    /// <summary>Sends what can be sent.</summary>
    /// <returns>False if the connection failed.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = Socket.Send(bytes, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            sent = 0;
        return error is SocketError.Success or SocketError.WouldBlock;
    }
}
