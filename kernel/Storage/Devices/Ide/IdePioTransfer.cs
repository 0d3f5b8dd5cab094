using System;
using Guest.Core;

namespace Guest.Storage.Devices;

/// <summary>How far a PIO transfer has come: the processor moves each data block between the Data register and the request's memory.</summary>
internal struct IdePioTransfer(BlockRequest request, int blockBytes)
{
    private readonly BlockRequest _request = request;
    private readonly int _blockBytes = blockBytes;
    private int _segment;
    private int _offset;

    /// <summary>Bytes that are to be moved yet.</summary>
    public long Remaining { get; private set; } = request.Length;

    /// <summary>Takes the next data block from the drive.</summary>
    public void ReceiveBlock(RegisterWindow data)
    {
        int left = StartBlock();
        while (left > 0)
            data.ReadString16(IdeRegister.Data, Next(ref left));
    }

    /// <summary>Gives the next data block to the drive.</summary>
    public void SendBlock(RegisterWindow data)
    {
        int left = StartBlock();
        while (left > 0)
            data.WriteString16(IdeRegister.Data, Next(ref left));
    }

    private int StartBlock()
    {
        int bytes = (int)Math.Min(Remaining, _blockBytes);
        Remaining -= bytes;
        return bytes;
    }

    private Span<byte> Next(ref int left)
    {
        BlockSegment segment = _request.Segments[_segment];
        Span<byte> part = segment.Bytes[_offset..];
        if (part.Length > left)
        {
            part = part[..left];
            _offset += left;
        }
        else
        {
            _segment++;
            _offset = 0;
        }

        left -= part.Length;
        return part;
    }
}
