using System;
using System.Collections.Generic;
using Guest.Core.Memory;
using Guest.Pv.Tests.Xen;

namespace Guest.Fuzz.Inputs;

/// <summary>The far side of the store's ring (xs_wire.h), which answers as it is told.</summary>
internal sealed unsafe class ScriptedStore
{
    private const int RingSize = 1024;
    private const int HeaderSize = 16;
    private const int ServeNanoseconds = 1_000_000;
    private const int MostWaiting = 1 << 16;
    private const uint ErrorType = 16;
    private const uint EventType = 15;

    private readonly FakeXen _xen;
    private readonly byte* _page = DeviceMemory.AllocatePages(1);
    private readonly uint _port;
    private readonly List<byte> _in = [];
    private readonly Queue<byte> _out = [];
    private bool _serving;

    public ScriptedStore(FakeXen xen)
    {
        _xen = xen;
        _port = xen.MakePort(Serve);
        xen.Domain.OpenStore(_page, _port);
    }

    public AnswerWays How { get; set; }

    public byte[] Body { get; set; } = [];

    /// <summary>Sends an event of a watch, or raw bytes, unasked.</summary>
    public void Push()
    {
        if ((How & AnswerWays.Raw) != 0)
            Send(Body);
        else if ((How & AnswerWays.EventFirst) != 0)
            Send(Message(EventType, 0, Body.Length));
        SetCounters();
        Pump();
    }

    private uint* RequestConsumer => (uint*)(_page + (2 * RingSize));

    private uint* RequestProducer => (uint*)(_page + (2 * RingSize) + 4);

    private uint* AnswerConsumer => (uint*)(_page + (2 * RingSize) + 8);

    private uint* AnswerProducer => (uint*)(_page + (2 * RingSize) + 12);

    private void Serve()
    {
        // Its own answer, which the guest is told of, leads here again.
        if (_serving)
            return;
        _serving = true;
        _xen.PassTime(ServeNanoseconds);
        for (int i = 0; i < RingSize && *RequestConsumer != *RequestProducer; i++)
            _in.Add(_page[(*RequestConsumer)++ % RingSize]);
        while (_in.Count >= HeaderSize)
        {
            byte[] header = [.. _in[..HeaderSize]];
            int length = (int)Math.Min(BitConverter.ToUInt32(header, 12), (uint)int.MaxValue - HeaderSize);
            if (_in.Count < HeaderSize + length)
                break;
            _in.RemoveRange(0, HeaderSize + length);
            Answer(BitConverter.ToUInt32(header), BitConverter.ToUInt32(header, 4));
        }

        SetCounters();
        Pump();
        _serving = false;
    }

    private void Answer(uint type, uint request)
    {
        if ((How & AnswerWays.Raw) != 0)
        {
            Send(Body);
            return;
        }

        if ((How & AnswerWays.EventFirst) != 0)
            Send(Message(EventType, 0, Body.Length));
        if ((How & AnswerWays.Silence) != 0)
            return;
        int off = Body.Length == 0 ? 1 : Body[0];
        uint said = (How & AnswerWays.Error) != 0 ? ErrorType : type;
        if ((How & AnswerWays.OtherType) != 0)
            said += (uint)off;
        if ((How & AnswerWays.OtherRequest) != 0)
            request -= (uint)off;
        Send(Message(said, request, (How & AnswerWays.OtherLength) != 0 ? Body.Length + (sbyte)off : Body.Length));
    }

    private void SetCounters()
    {
        if ((How & AnswerWays.Counters) == 0 || Body.Length < 2)
            return;
        uint* counter = RequestConsumer + (Body[0] % 4);
        *counter = Body.Length >= 5 ? BitConverter.ToUInt32(Body, 1) : *counter + Body[1];
    }

    private byte[] Message(uint type, uint request, int length) =>
        [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(request), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(length), .. Body];

    private void Send(byte[] bytes)
    {
        for (int i = 0; i < bytes.Length && _out.Count < MostWaiting; i++)
            _out.Enqueue(bytes[i]);
    }

    private void Pump()
    {
        while (*AnswerProducer - *AnswerConsumer < RingSize && _out.TryDequeue(out byte next))
            _page[RingSize + ((*AnswerProducer)++ % RingSize)] = next;
        _xen.Raise(_port);
    }
}
