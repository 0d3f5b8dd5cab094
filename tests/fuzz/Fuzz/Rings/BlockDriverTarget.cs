using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Storage;

namespace Guest.Fuzz.Rings;

/// <summary>What the drivers of disks have in common: a queue before them, requests, and the rule that each ends once. Each request has a part of
/// the disk of its own, so that what it must read is known.</summary>
internal abstract unsafe class BlockDriverTarget : DriverTarget
{
    protected const int DiskBytes = 1 << 20;

    private const int Requests = 16;
    private const int MostSegments = 4;
    private const int Share = DiskBytes / Requests;
    private const int Sector = 512;
    private const int HalfSecondsToEnd = 2000;

    private readonly List<BlockRequest> _idle = [];
    private readonly HashSet<BlockRequest> _out = [];
    private readonly nint[] _memory = new nint[Requests];
    private readonly byte[] _expected = new byte[DiskBytes];
    private Client _client = null!;
    private bool _isTold = true;
    private byte _serial;

    protected BlockQueue Queue { get; private set; } = null!;

    protected IBlockDevice Disk => Queue.Device;

    /// <summary>Whether the driver may have given the disk up.</summary>
    protected virtual bool MayBeGone => false;

    protected abstract Instant Now { get; }

    protected void MakeQueue(IBlockDevice device, Platform platform, ReadOnlySpan<byte> content)
    {
        Queue = new BlockQueue(device, platform);
        _client = new Client(this);
        content.CopyTo(_expected);
        for (int i = 0; i < Requests; i++)
        {
            _memory[i] = (nint)DeviceMemory.AllocatePages(Share / DeviceMemory.PageSize);
            _idle.Add(new BlockRequest(MostSegments) { ClientTag = i });
        }
    }

    /// <summary>The far side does what it has to.</summary>
    protected abstract void Serve(bool all, ref Random64 random);

    protected abstract void PassTime(Duration time);

    protected abstract void BecomeHonest();

    protected override void Act(ref Random64 random)
    {
        switch (random.Below(8))
        {
            case 0 or 1:
                Submit(ref random);
                break;
            case 2 or 3:
                Poll();
                break;
            case 4 or 5 or 6:
                Serve(all: false, ref random);
                break;
            default:
                PassTime(IsHonest || random.Chance(95) ? Duration.FromMicroseconds(random.Below(2000)) : Duration.FromSeconds(random.Below(15)));
                break;
        }
    }

    protected override void Check()
    {
        Assert.Equal(Requests, _idle.Count + _out.Count);
        Assert.InRange(Queue.InFlight, 0, 64);
    }

    public override void Settle(ref Random64 random)
    {
        if (IsHonest)
            Assert.Equal((0, 0), (Disk.Counters[PathEvent.Violation], Disk.Counters[PathEvent.Reset]));
        BecomeHonest();
        if (!_isTold)
            Queue.Submit(default, _client);
        // Three attempts of ten seconds and a quarter more, and as long again where one waits for another.
        for (int i = 0; i < HalfSecondsToEnd && _out.Count > 0; i++)
        {
            Serve(all: true, ref random);
            Poll();
            if (i > 2)
                PassTime(Duration.FromMilliseconds(500));
        }

        Assert.True(_out.Count == 0, "a request never ends");
        bool rests = false;
        for (int i = 0; i < 20 && !rests; i++)
        {
            Serve(all: true, ref random);
            rests = !Queue.Poll(Now) && Queue.Arm();
        }

        Assert.True(rests, "the queue finds no rest");
        if (Disk.State != BlockDeviceState.Ready)
        {
            Assert.True(MayBeGone, $"the disk is {Disk.State}");
            return;
        }

        for (int i = 0; i < 8; i++)
            WriteAndRead(ref random);
    }

    protected void Poll()
    {
        // One without interrupts wants to be polled for as long as it has requests.
        for (int rounds = 0; rounds < 20 && (Queue.Poll(Now) || !Queue.Arm()); rounds++)
        {
        }
    }

    private void Submit(ref Random64 random)
    {
        List<BlockRequest> burst = [];
        for (int count = random.Between(1, 6); count > 0 && _idle.Count > 0; count--)
        {
            BlockRequest request = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            Prepare(request, ref random);
            burst.Add(request);
            _out.Add(request);
        }

        _isTold = !random.Chance(20);
        Say($"submit {burst.Count}");
        Queue.Submit(burst.ToArray(), _client, more: !_isTold);
    }

    private void Prepare(BlockRequest request, ref Random64 random)
    {
        request.Operation = random.Below(10) switch
        {
            0 => BlockOperation.Flush,
            < 6 => BlockOperation.Read,
            _ => BlockOperation.Write,
        };
        request.ClearMemory();
        request.Offset = 0;
        if (request.Operation == BlockOperation.Flush)
            return;
        int first = Sector * random.Below(Share / Sector / 2);
        request.Offset = (request.ClientTag * Share) + first;
        byte* memory = (byte*)_memory[request.ClientTag];
        int at = 0;
        for (int segments = random.Between(1, MostSegments); segments > 0 && at < Share / 2; segments--)
        {
            int length = Sector * random.Between(1, random.Chance(10) ? 32 : 8);
            length = Math.Min(length, Share - first - at);
            if (length == 0)
                break;
            request.AddMemory(memory + at, length);
            at += length;
        }

        if (request.Operation == BlockOperation.Write)
            FillWrite(request);
    }

    private void FillWrite(BlockRequest request)
    {
        int at = (int)request.Offset;
        foreach (BlockSegment segment in request.Segments)
        {
            segment.Bytes.Fill(++_serial);
            segment.Bytes.CopyTo(_expected.AsSpan(at));
            at += segment.Length;
        }
    }

    private void OnCompleted(BlockRequest request)
    {
        Assert.True(_out.Remove(request), "a request ends a second time");
        Assert.False(request.Status is BlockStatus.Pending or BlockStatus.Reset or BlockStatus.Idle, $"a request ends as {request.Status}");
        _idle.Add(request);
        if (!IsHonest)
            return;
        Assert.Equal(BlockStatus.Ok, request.Status);
        if (request.Operation == BlockOperation.Read)
            AssertContent(request);
    }

    private void AssertContent(BlockRequest request)
    {
        int at = (int)request.Offset;
        foreach (BlockSegment segment in request.Segments)
        {
            Assert.True(segment.Bytes.SequenceEqual(_expected.AsSpan(at, segment.Length)), "what is read is not what was written");
            at += segment.Length;
        }
    }

    private void WriteAndRead(ref Random64 random)
    {
        BlockRequest request = _idle[random.Below(_idle.Count)];
        foreach (BlockOperation operation in (BlockOperation[])[BlockOperation.Write, BlockOperation.Read])
        {
            _idle.Remove(request);
            request.Operation = operation;
            request.Offset = request.ClientTag * Share;
            request.SetMemory((byte*)_memory[request.ClientTag], 4096);
            if (operation == BlockOperation.Write)
                FillWrite(request);
            else
                new Span<byte>((byte*)_memory[request.ClientTag], 4096).Clear();
            _out.Add(request);
            Queue.Submit([request], _client);
            for (int i = 0; i < 200 && _out.Count > 0; i++)
            {
                Serve(all: true, ref random);
                Poll();
                if (i > 5)
                    PassTime(Duration.FromMilliseconds(500));
            }

            Assert.True(_out.Count == 0, "an honest request does not end");
            Assert.Equal(BlockStatus.Ok, request.Status);
            if (operation == BlockOperation.Read)
                AssertContent(request);
        }
    }

    private sealed class Client(BlockDriverTarget target) : BlockClient
    {
        protected internal override void OnCompleted(ReadOnlySpan<BlockRequest> burst)
        {
            foreach (BlockRequest request in burst)
                target.OnCompleted(request);
        }
    }
}
