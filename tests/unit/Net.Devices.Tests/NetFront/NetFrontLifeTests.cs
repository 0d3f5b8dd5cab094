using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.NetFront;

/// <summary>The driver from one connection, and one device, to the next.</summary>
public sealed class NetFrontLifeTests : NetFrontDialogue
{
    [Fact]
    public void Three_hundred_devices_in_a_row_leave_grants_channels_and_pool_as_they_were()
    {
        Start();
        int grants = Hypervisor.Domain.Grants.InUse;
        for (int i = 0; i < 300; i++)
        {
            Device.Transmit(Many(3), more: false);
            Back.Unplug();
            Settle();
            Back.RemoveNodes();
            Settle();
            Assert.True(Device.IsVacant);
            Assert.Equal(0, Hypervisor.Domain.Grants.InUse);
            Assert.Equal(Pool.Count, Pool.Available);
            Back.Plug();
            Settle();
            Assert.True(Device.LinkUp);
        }

        Assert.Equal(grants, Hypervisor.Domain.Grants.InUse);
        Assert.Equal(600, Hypervisor.Closed.Count);
    }

    [Fact]
    public void A_packet_that_a_socket_still_holds_stays_as_it_is_when_the_device_goes()
    {
        Start();
        Back.Deliver([1, 2, 3, .. new byte[57]]);
        PacketBuffer packet = Assert.Single(ReceiveAll());
        Back.Unplug();
        Settle();
        Back.RemoveNodes();
        Settle();
        Assert.Equal([1, 2, 3], packet.Data[..3].ToArray());
        Assert.Equal(Pool.Count - 1, Pool.Available);
        packet.Release();
        Assert.Equal(Pool.Count, Pool.Available);
    }

    [Fact]
    public void A_back_end_that_keeps_the_rings_and_restarts_is_given_a_few_and_then_none_until_it_lets_go()
    {
        Back.KeepsRings = true;
        Start();
        int buffers = Hypervisor.Domain.Grants.InUse - 2;
        for (int i = 0; i < 50; i++)
        {
            Store[$"{FakeNetback.Path}/state"] = "6";
            Settle(mostSeconds: 5);
        }

        Assert.InRange(Back.Connections, 2, 5);
        Assert.False(Device.LinkUp);
        Assert.InRange(Hypervisor.Domain.Grants.InUse, 1, buffers + (2 * Back.Connections));
        Assert.Equal(Pool.Count, Pool.Available);

        Back.LetGo();
        Back.KeepsRings = false;
        Settle(mostSeconds: 20);
        Assert.True(Device.LinkUp);
    }

    [Fact]
    public void Buffers_that_the_last_back_ends_domain_still_holds_are_not_granted_to_the_next()
    {
        Start();
        (_, uint grant) = Back.NextReceiveRequest();
        Hypervisor.Machine.Entry(grant).FlagsAndDomain |= 16;
        Back.Unplug();
        Settle(mostSeconds: 2);
        Back.RemoveNodes();
        Settle(mostSeconds: 2);
        Back.Plug();
        Store["device/vif/0/backend-id"] = "3";
        Settle(mostSeconds: 5);
        Assert.False(Device.LinkUp);
        Assert.Equal(1, Hypervisor.Domain.Grants.InUse);

        Hypervisor.Machine.Entry(grant).FlagsAndDomain &= ~16u;
        Back.Domain = 3;
        Settle();
        Assert.True(Device.LinkUp);
        Assert.Equal(Pool.Count - 256, Pool.Available);
    }

    [Fact]
    public void Buffers_that_come_back_after_the_last_look_are_seen_before_it_sleeps()
    {
        Pool = new PacketPool(64);
        Start();
        PacketBuffer[] held = [.. Enumerable.Range(0, Pool.Available).Select(_ => Pool.TryTake()!)];
        PacketBuffer[] arrived = new PacketBuffer[64];
        int count = 0;
        for (; Back.CanDeliver; count++)
        {
            Back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Receive(arrived.AsSpan(count)));
        }

        Device.Receive(arrived.AsSpan(count));
        Assert.True(Device.Arm());
        Array.ForEach(held, buffer => buffer.Release());
        Assert.False(Device.Arm());
        Assert.Equal(0, Device.Receive(arrived.AsSpan(count)));
        Assert.True(Back.CanDeliver);
        Assert.True(Device.Arm());
    }

    [Theory]
    [InlineData("1400", null, true, 1400)]
    [InlineData(null, "1400", true, 1400)]
    [InlineData("9000", "1400", true, 9000)]
    [InlineData("9000", null, false, 4016)]
    [InlineData("67", null, true, 1500)]
    [InlineData("many", "0", true, 1500)]
    [InlineData("65536", "65536", true, 1500)]
    [InlineData(null, null, true, 1500)]
    public void The_mtu_is_the_stores(string? own, string? backend, bool gathers, int expected)
    {
        Store["device/vif/0/mtu"] = own;
        Store[$"{FakeNetback.Path}/mtu"] = backend;
        Back.Plug();
        Store[$"{FakeNetback.Path}/feature-sg"] = gathers ? "1" : "0";
        StartBus();
        Settle();
        Assert.Equal(expected, Device.Mtu);
    }

    [Fact]
    public void The_next_device_has_its_own_address_and_mtu()
    {
        Store["device/vif/0/mtu"] = "1400";
        Start();
        Back.Unplug();
        Settle();
        Back.RemoveNodes();
        Settle();
        Back.Plug();
        Store["device/vif/0/mac"] = "00:16:3e:00:00:01";
        Settle();
        Assert.Equal(1500, Device.Mtu);
        Assert.Equal(0x00163e000001UL, Device.Address.Bits);
        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_frame_of_nine_thousand_bytes_arrives_and_leaves_in_pieces()
    {
        Store["device/vif/0/mtu"] = "9000";
        Start();
        for (int piece = 0; piece < 3; piece++)
        {
            (uint id, _) = Back.NextReceiveRequest();
            Back.AnswerReceive(id, 0, piece < 2 ? 4u : 0, piece < 2 ? (short)4096 : (short)822);
        }

        PacketBuffer packet = Assert.Single(ReceiveAll());
        Assert.Equal(9014, packet.Length + packet.Next!.Length + packet.Next.Next!.Length);
        Send(packet);
        Assert.True(Back.TransmitEvents > 0);
    }
}
