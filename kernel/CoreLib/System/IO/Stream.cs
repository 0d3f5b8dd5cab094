namespace System.IO;

/// <summary>Bytes in order. What the BCL does in the background, and asynchronously, is not there.</summary>
public abstract class Stream : IDisposable
{
    private const int CopyBufferSize = 81_920;

    public static readonly Stream Null = new NullStream();

    public abstract bool CanRead { get; }

    public abstract bool CanSeek { get; }

    public abstract bool CanWrite { get; }

    public virtual bool CanTimeout => false;

    public abstract long Length { get; }

    public abstract long Position { get; set; }

    public virtual int ReadTimeout
    {
        get => throw new InvalidOperationException("the stream has no time-outs");
        set => throw new InvalidOperationException("the stream has no time-outs");
    }

    public virtual int WriteTimeout
    {
        get => throw new InvalidOperationException("the stream has no time-outs");
        set => throw new InvalidOperationException("the stream has no time-outs");
    }

    public abstract void Flush();

    public abstract int Read(byte[] buffer, int offset, int count);

    public virtual int Read(Span<byte> buffer)
    {
        byte[] array = new byte[buffer.Length];
        int read = Read(array, 0, array.Length);
        array.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public abstract void Write(byte[] buffer, int offset, int count);

    public virtual void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

    public abstract long Seek(long offset, SeekOrigin origin);

    public abstract void SetLength(long value);

    public virtual int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public virtual void WriteByte(byte value) => Write([value]);

    public void ReadExactly(Span<byte> buffer) => ReadAtLeast(buffer, buffer.Length);

    public void ReadExactly(byte[] buffer, int offset, int count) => ReadExactly(buffer.AsSpan(offset, count));

    public int ReadAtLeast(Span<byte> buffer, int minimumBytes, bool throwOnEndOfStream = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimumBytes, buffer.Length);
        int total = 0;
        while (total < minimumBytes)
        {
            int read = Read(buffer[total..]);
            if (read == 0 && throwOnEndOfStream)
                throw new EndOfStreamException();
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    public void CopyTo(Stream destination) => CopyTo(destination, CopyBufferSize);

    public virtual void CopyTo(Stream destination, int bufferSize)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1);
        byte[] buffer = new byte[bufferSize];
        int read;
        while ((read = Read(buffer, 0, bufferSize)) != 0)
            destination.Write(buffer, 0, read);
    }

    public virtual void Close() => Dispose(true);

    public void Dispose() => Close();

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>At its end always, and takes whatever is written.</summary>
    private sealed class NullStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => 0;

        public override long Position
        {
            get => 0;
            set { }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override int Read(Span<byte> buffer) => 0;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value)
        {
        }
    }
}
