using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Net.Devices.Tests.NetFront;

/// <summary>A back end that lies is refused, counted, and used again; nothing of the guest's is lost.</summary>
public sealed unsafe class HostileNetFrontTests : NetFrontDialogue
{
    [Fact]
    public void A_lie_about_what_was_sent_is_refused_while_refilling_too()
    {
        Start();
        Send(Packet(60));
        Back.AnswerTransmit(3, 0);
        for (int i = 0; i < RefillBurst; i++)
            Back.Deliver(new byte[60]);
        ReceiveAll().ForEach(p => p.Release());
        Assert.False(Device.LinkUp);
        Assert.Equal(1, Counters[PathEvent.Violation]);
        Settle();
        Assert.True(Device.LinkUp);
        Assert.Equal(Pool.Count - 256, Pool.Available);
    }

    public static TheoryData<string> Lies =>
    [
        "transmit producer beyond the ring", "transmit id out of range", "transmit id not in flight", "transmit id answered twice",
        "transmit status unknown", "transmit status too low", "receive producer beyond the ring", "receive id out of turn", "receive id out of range", "receive id answered twice", "receive status unknown", "receive length beyond the page",
        "receive offset beyond the page", "packet without end", "too many pieces", "unknown description", "description without end",
        "event storm",
    ];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_is_refused_counted_and_the_device_comes_back(string lie)
    {
        Start();
        Tell(lie);
        for (int i = 0; i < 3; i++)
            foreach (PacketBuffer packet in ReceiveAll())
                packet.Release();
        Assert.False(Device.LinkUp);
        Assert.Equal(1, Counters[PathEvent.Violation]);

        Settle();
        Assert.True(Device.LinkUp);
        Assert.Equal(2, Back.Connections);
        Assert.Equal(Pool.Count - 256, Pool.Available);
        Back.Deliver(new byte[60]);
        Assert.Single(ReceiveAll()).Release();
        Send(Packet(60));
        Back.Transmit();
        Assert.Single(Back.Sent);
    }

    [Fact]
    public void A_response_that_changes_after_it_was_read_changes_nothing()
    {
        Start();
        Back.Deliver(new byte[60]);
        PacketBuffer packet = Assert.Single(ReceiveAll());
        Back.ReceiveResponseProducer--;
        Back.AnswerReceive(0, 4000, 0, 4000);
        Assert.Equal(0, packet.Offset);
        Assert.Equal(60, packet.Length);
        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_response_that_changes_while_it_is_read_is_taken_as_one_of_what_it_was()
    {
        Start();
        bool stop = false;
        // Nowhere in the ring yet: the first request is still in its slot.
        nint slot = (nint)DeviceMemory.AllocatePages(1);
        ulong id = 0;
        // 60 bytes at 0, or 2,000 at 2,000, over and over.
        Thread liar = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                ulong* at = (ulong*)Volatile.Read(ref slot);
                Volatile.Write(ref *at, Volatile.Read(ref id) | (60UL << 48));
                Volatile.Write(ref *at, Volatile.Read(ref id) | (2000UL << 16) | (2000UL << 48));
            }
        });
        liar.Start();
        // Once around the ring: behind that the liar would write over requests.
        for (int i = 0; i < 256; i++)
        {
            (uint next, _) = Back.NextReceiveRequest();
            Volatile.Write(ref id, next);
            *Back.NextResponse = next | (60UL << 48);
            Volatile.Write(ref slot, (nint)Back.NextResponse);
            Back.ReceiveResponseProducer++;
            PacketBuffer packet = Assert.Single(ReceiveAll());
            Assert.Contains((packet.Offset, packet.Length), new (int, int)[] { (0, 60), (2000, 2000) });
            packet.Release();
        }

        Volatile.Write(ref stop, true);
        liar.Join();
    }

    private void Tell(string lie)
    {
        uint id;
        switch (lie)
        {
            case "transmit producer beyond the ring":
                Send(Packet(60));
                Back.TransmitResponseProducer = 257;
                break;
            case "transmit id out of range":
                AnswerAllButOne();
                Back.AnswerTransmit((uint)Pool.Count, 0);
                break;
            case "transmit id not in flight":
                AnswerAllButOne();
                Back.AnswerTransmit(3, 0);
                break;
            case "transmit id answered twice":
                AnswerAllButOne();
                Back.AnswerTransmit(256, 0);
                break;
            case "transmit status unknown":
                AnswerAllButOne();
                Back.AnswerTransmit(256 + Burst - 1, 2);
                break;
            case "transmit status too low":
                AnswerAllButOne();
                Back.AnswerTransmit(256 + Burst - 1, -3);
                break;
            case "receive producer beyond the ring":
                Back.ReceiveResponseProducer = 257;
                break;
            case "receive id out of turn":
                Back.AnswerReceive(1, 0, 0, 60);
                break;
            case "receive id out of range":
                Back.AnswerReceive(0xffff, 0, 0, 60);
                break;
            case "receive id answered twice":
                Back.AnswerReceive(0, 0, 0, 60);
                Back.AnswerReceive(0, 0, 0, 60);
                break;
            case "receive status unknown":
                Back.AnswerReceive(0, 0, 0, -3);
                break;
            case "receive length beyond the page":
                Back.AnswerReceive(0, 0, 0, 4097);
                break;
            case "receive offset beyond the page":
                Back.AnswerReceive(0, 65535, 0, 1);
                break;
            case "packet without end":
                Back.AnswerReceive(0, 0, 4, 60);
                break;
            case "too many pieces":
                for (uint i = 0; i < 30; i++)
                    Back.AnswerReceive(i, 0, 4, 60);
                break;
            case "unknown description":
                (id, _) = Back.NextReceiveRequest();
                Back.AnswerReceive(id, 0, 8, 60);
                Back.Describe(5, 0);
                break;
            case "description without end":
                (id, _) = Back.NextReceiveRequest();
                Back.AnswerReceive(id, 0, 8, 60);
                Back.Describe(1, 1);
                break;
            default:
                for (int i = 0; i < 1000; i++)
                {
                    Hypervisor.Raise(Back.ReceivePort);
                    Hypervisor.Domain.Events.Dispatch();
                    Device.Receive(new PacketBuffer[1]);
                }

                Assert.Equal(1000, Counters[PathEvent.SpuriousInterrupt]);
                break;
        }
    }

    /// <summary>A burst on its way, whose buffers are the pool's behind those that wait to receive; the last has no answer yet.</summary>
    private void AnswerAllButOne()
    {
        Device.Transmit(Many(Burst), more: false);
        for (uint i = 0; i < Burst - 1; i++)
            Back.AnswerTransmit(256 + i, 0);
    }
}
