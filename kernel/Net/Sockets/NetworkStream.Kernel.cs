using System.IO;

namespace System.Net.Sockets;

/// <summary>A connected socket as a stream.</summary>
/// <remarks>Where the BCL throws for what a peer or the network did, reading is at the end and writing does nothing more: <see cref="Socket"/> says why. Whoever wants to
/// know at each call uses the socket itself.</remarks>
public class NetworkStream : Stream
{
    private readonly bool _ownsSocket;
    private bool _isClosed;

    /// <summary>Makes one of a connected socket that blocks.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="ownsSocket">Whether closing the stream closes the socket.</param>
    public NetworkStream(Socket socket, bool ownsSocket = false)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Socket = socket;
        _ownsSocket = ownsSocket;
    }

    /// <summary>What the stream stands on.</summary>
    public Socket Socket { get; }

    /// <summary>Whether bytes are there.</summary>
    public virtual bool DataAvailable => Socket.Available != 0;

    /// <inheritdoc/>
    public override bool CanRead => !_isClosed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => !_isClosed;

    /// <inheritdoc/>
    public override bool CanTimeout => true;

    /// <inheritdoc/>
    public override int ReadTimeout
    {
        get => Socket.ReceiveTimeout == 0 ? -1 : Socket.ReceiveTimeout;
        set => Socket.ReceiveTimeout = value;
    }

    /// <inheritdoc/>
    public override int WriteTimeout
    {
        get => Socket.SendTimeout == 0 ? -1 : Socket.SendTimeout;
        set => Socket.SendTimeout = value;
    }

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return Math.Max(Socket.Receive(buffer), 0);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        Socket.Send(buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(new ReadOnlySpan<byte>(buffer, offset, count));

    /// <summary>Does nothing: what is written is sent.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isClosed && _ownsSocket)
            Socket.Close();
        _isClosed = true;
        base.Dispose(disposing);
    }
}
