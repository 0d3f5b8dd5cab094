using System;
using System.Runtime.InteropServices;

namespace Guest.Pv.Xen;

/// <summary>The page that a domain shares with the store: requests go out byte by byte, and whole messages come in.</summary>
internal sealed unsafe class XenStoreRing
{
    internal const int RingSize = 1024;
    private const int RequestConsumerOffset = 2048;
    private const int RequestProducerOffset = 2052;
    private const int ResponseConsumerOffset = 2056;
    private const int ResponseProducerOffset = 2060;

    private readonly ByteRing _requests;
    private readonly ByteRing _responses;
    private readonly byte[] _content = new byte[XenStore.PayloadMax];
    private XenStoreMessage _message;
    private int _received;
    private int _takenUntold;

    /// <summary>Works on a page, which must stay the store's.</summary>
    public XenStoreRing(byte* page)
    {
        _requests = new ByteRing(page, RingSize, (uint*)(page + RequestConsumerOffset), (uint*)(page + RequestProducerOffset));
        _responses = new ByteRing(
            page + RingSize, RingSize, (uint*)(page + ResponseConsumerOffset), (uint*)(page + ResponseProducerOffset));
    }

    /// <summary>The message that came last.</summary>
    public ref readonly XenStoreMessage Message => ref _message;

    /// <summary>What it says.</summary>
    public ReadOnlySpan<byte> Content => _content.AsSpan(0, (int)_message.Length);

    /// <summary>What the store did that it must not, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Puts as many bytes of a request as there is room for.</summary>
    /// <returns>How many; none after a <see cref="Problem"/>.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        int count = _requests.Write(bytes);
        if (count != ByteRing.Corrupt)
            return count;
        Problem = "its request ring is corrupt";
        return 0;
    }

    /// <summary>Takes bytes until a message is whole; no more after a <see cref="Problem"/>.</summary>
    public bool TryReceive()
    {
        while (Problem is null)
        {
            Span<byte> rest = _received < XenStoreMessage.Size
                ? MemoryMarshal.AsBytes(new Span<XenStoreMessage>(ref _message))[_received..]
                : _content.AsSpan(_received - XenStoreMessage.Size, (int)_message.Length - (_received - XenStoreMessage.Size));
            if (rest.Length > 0)
            {
                int count = _responses.Read(rest);
                if (count == ByteRing.Corrupt)
                    Problem = "its response ring is corrupt";
                if (count <= 0)
                    return false;
                _received += count;
                _takenUntold += count;
            }

            if (_received < XenStoreMessage.Size)
                continue;
            if (_message.Length > XenStore.PayloadMax)
            {
                Problem = "it sends more than a message holds";
                return false;
            }

            if (_received < XenStoreMessage.Size + (int)_message.Length)
                continue;
            _received = 0;
            return true;
        }

        return false;
    }

    /// <summary>Whether the store must be told of the room that was made: the ring may have been full, and only then does it wait for that. Says so
    /// once.</summary>
    public bool TakeRoom()
    {
        if (_takenUntold < RingSize)
            return false;
        _takenUntold = 0;
        return true;
    }
}
