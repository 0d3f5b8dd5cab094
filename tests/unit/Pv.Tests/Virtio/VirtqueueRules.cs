using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

/// <summary>What holds for a queue in either layout.</summary>
public abstract class VirtqueueRules
{
    protected const int Size = 8;

    public static TheoryData<bool> EventIndexOrNot => [true, false];

    protected PathCounters Counters { get; } = new("virtio0");

    [Fact]
    public void An_available_buffer_carries_address_length_and_direction()
    {
        var (queue, device) = Make();

        int read = queue.Add(0x1000, 60, deviceWrites: false);
        int written = queue.Add(0x2000, 4096, deviceWrites: true);
        queue.Publish();

        ModelChain first = device.Pop()!;
        Assert.Equal((ushort)read, first.Id);
        Assert.Equal([(0x1000, 60, false)], first.Segments);
        ModelChain second = device.Pop()!;
        Assert.Equal((ushort)written, second.Id);
        Assert.Equal([(0x2000, 4096, true)], second.Segments);
        Assert.Null(device.Pop());
    }

    [Fact]
    public void A_used_buffer_is_seen_until_it_is_taken()
    {
        var (queue, device) = Make();
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        Assert.False(queue.HasUsed);

        device.Use(device.Pop()!, 1);
        Assert.True(queue.HasUsed);

        queue.Take(out _);
        Assert.False(queue.HasUsed);
    }

    [Fact]
    public void Nothing_is_available_before_it_is_published_and_a_burst_is_published_at_once()
    {
        var (queue, device) = Make();
        for (int i = 0; i < 5; i++)
            queue.Add(0x1000, 60, deviceWrites: false);
        Assert.Null(device.Pop());

        Assert.True(queue.Publish());

        Assert.Equal(5, device.PopAll().Count);
        Assert.Equal(5, Counters[PathEvent.Descriptor]);
        Assert.False(queue.Publish());
    }

    [Theory]
    [MemberData(nameof(EventIndexOrNot))]
    public void A_device_that_asked_not_to_be_told_is_not_told(bool eventIndex)
    {
        var (queue, device) = Make(eventIndex);
        device.WantNotification();
        queue.Add(0x1000, 60, deviceWrites: false);
        Assert.True(queue.Publish());

        device.RefuseNotification();
        queue.Add(0x1000, 60, deviceWrites: false);
        Assert.False(queue.Publish());

        Assert.Equal(1, Counters[PathEvent.NotificationSuppressed]);
    }

    [Theory]
    [MemberData(nameof(EventIndexOrNot))]
    public void An_interrupt_comes_after_arming_once_and_not_while_parked(bool eventIndex)
    {
        var (queue, device) = Make(eventIndex);
        for (int i = 0; i < 4; i++)
            queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();

        Assert.False(device.Use(device.Pop()!, 1));
        Assert.False(queue.Arm()); // one is there already
        queue.Take(out _);
        Assert.True(queue.Arm());
        Assert.True(device.Use(device.Pop()!, 1));
        queue.Take(out _);
        queue.Park();
        Assert.False(device.Use(device.Pop()!, 1));
    }

    [Fact]
    public void Taken_buffers_come_in_the_order_of_the_device_with_what_it_wrote()
    {
        var (queue, device) = Make();
        int[] ids = [.. Enumerable.Range(0, 3).Select(_ => queue.Add(0x1000, 100, deviceWrites: true))];
        queue.Publish();
        List<ModelChain> chains = device.PopAll();

        device.Use(chains[2], 7);
        device.Use(chains[0], 100);

        Assert.Equal(ids[2], queue.Take(out uint written));
        Assert.Equal(7u, written);
        Assert.Equal(ids[0], queue.Take(out written));
        Assert.Equal(100u, written);
        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.None, queue.Violation);
        Assert.Equal(Size - 1, queue.Free);
    }

    [Fact]
    public void Buffers_added_as_a_burst_go_by_the_names_that_the_driver_gave_them()
    {
        var (queue, device) = Make();
        VirtioBuffer[] buffers = [.. Enumerable.Range(0, Size + 2).Select(i => new VirtioBuffer((ulong)(0x1000 * (i + 1)), 60, 100 + i))];

        Assert.Equal(Size, queue.AddEach(buffers, deviceWrites: false));
        queue.Publish();
        List<ModelChain> chains = device.PopAll();
        device.Use(chains[3], 0);
        device.Use(chains[0], 0);

        Assert.Equal([(0x4000, 60, false)], chains[3].Segments);
        Assert.Equal((103, 100, -1), (queue.Take(out _), queue.Take(out _), queue.Take(out _)));
        Assert.Equal(2, queue.AddEach(buffers, deviceWrites: false));
    }

    [Fact]
    public void An_exchange_hands_out_what_came_back_and_puts_a_fresh_buffer_in_its_place()
    {
        var (queue, device) = Make();
        UsedBuffer[] used = new UsedBuffer[4];
        queue.AddEach([new(0x1000, 60, 1), new(0x2000, 60, 2), new(0x3000, 60, 3)], deviceWrites: true);
        queue.Publish();
        List<ModelChain> chains = device.PopAll();
        device.Use(chains[1], 7);
        device.Use(chains[0], 60);

        Assert.Equal(2, queue.Exchange([new(0x8000, 50, 8), new(0x9000, 50, 9), new(0xa000, 50, 10)], used));

        Assert.Equal([new UsedBuffer(2, 7), new UsedBuffer(1, 60)], used[..2]);
        Assert.Equal(Size - 3, queue.Free);
        Assert.Empty(device.PopAll());
        queue.Publish();
        Assert.Equal([[(0x8000UL, 50u, true)], [(0x9000UL, 50u, true)]], device.PopAll().Select(chain => chain.Segments));
    }

    [Fact]
    public void A_fresh_buffer_that_comes_back_before_it_was_published_breaks_the_ring()
    {
        var (queue, device) = Make();
        queue.AddEach([new(0x1000, 60, 1), new(0x2000, 60, 2)], deviceWrites: true);
        queue.Publish();
        ModelChain chain = device.Pop()!;
        device.Use(chain, 1);
        device.Use(chain, 1);
        UsedBuffer[] used = new UsedBuffer[2];

        Assert.Equal(1, queue.Exchange([new(0x8000, 60, 8), new(0x9000, 60, 9)], used));

        Assert.Equal(VirtqueueViolation.UnknownId, queue.Violation);
    }

    /// <summary>However it was added: the device has not been shown it, so it is the driver's.</summary>
    [Theory]
    [InlineData("one piece", 0)]
    [InlineData("chain", 0)]
    [InlineData("table", 4)]
    [InlineData("burst", 0)]
    public void A_buffer_that_comes_back_before_it_was_published_breaks_the_ring(string kind, int indirectSegments)
    {
        var (queue, device) = Make(indirectSegments: indirectSegments);
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        int id = AddAs(queue, kind);
        device.FillRaw((uint)id, 1);
        device.Flush();

        Assert.Equal(-1, queue.Take(out _));

        Assert.Equal(VirtqueueViolation.UnknownId, queue.Violation);
        Assert.Equal(id, queue.InFlightAt(id));
    }

    /// <summary>A burst in which some were shown: those come back, and the first that was not ends it.</summary>
    [Fact]
    public void A_burst_that_comes_back_ends_at_the_first_that_was_not_published()
    {
        var (queue, device) = Make();
        queue.AddEach([new(0x1000, 60, 1), new(0x2000, 60, 2), new(0x3000, 60, 3)], deviceWrites: true);
        queue.Publish();
        ModelChain chain = device.Pop()!;
        int hidden = queue.Add(0x4000, 60, deviceWrites: true);
        device.Use(chain, 7);
        device.FillRaw((uint)hidden, 7);
        device.Flush();
        UsedBuffer[] used = new UsedBuffer[4];

        Assert.Equal(1, queue.Take(used));

        Assert.Equal(new UsedBuffer(1, 7), used[0]);
        Assert.Equal(VirtqueueViolation.UnknownId, queue.Violation);
    }

    [Fact]
    public void A_full_ring_takes_no_more_until_something_came_back()
    {
        var (queue, device) = Make();
        for (int i = 0; i < Size; i++)
            Assert.True(queue.Add(0x1000, 60, deviceWrites: false) >= 0);
        Assert.Equal(-1, queue.Add(0x1000, 60, deviceWrites: false));
        queue.Publish();
        device.Use(device.Pop()!, 0);

        int id = queue.Take(out _);

        Assert.Equal(id, queue.Add(0x1000, 60, deviceWrites: false));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_buffer_of_several_pieces_is_read_then_written(int indirectSegments)
    {
        var (queue, device) = Make(indirectSegments: indirectSegments);
        VirtioSegment[] segments = [new(0x1000, 16), new(0x2000, 512), new(0x3000, 1)];

        int id = queue.Add(segments, readable: 1);
        queue.Publish();

        Assert.Equal(indirectSegments == 0 ? Size - 3 : Size - 1, queue.Free);
        ModelChain chain = device.Pop()!;
        Assert.Equal([(0x1000, 16, false), (0x2000, 512, true), (0x3000, 1, true)], chain.Segments);
        device.Use(chain, 513);
        Assert.Equal(id, queue.Take(out uint written));
        Assert.Equal(513u, written);
        Assert.Equal(Size, queue.Free);
    }

    [Fact]
    public unsafe void Buffers_in_tables_that_the_driver_keeps_go_as_a_burst()
    {
        var (queue, device) = Make(indirectSegments: 3);
        ulong* tables = (ulong*)DeviceMemory.AllocatePages(1);
        VirtioBuffer[] buffers = new VirtioBuffer[2];
        for (int i = 0; i < buffers.Length; i++)
        {
            ulong* table = tables + (i * 6);
            table[0] = (ulong)(0x1000 * (i + 1));
            table[1] = queue.TableWord(16, deviceWrites: false, next: 1);
            table[2] = 0x8000;
            table[3] = queue.TableWord(512, deviceWrites: true, next: 2);
            table[4] = 0x9000;
            table[5] = queue.TableWord(1, deviceWrites: true, next: 0);
            buffers[i] = new VirtioBuffer(DeviceMemory.AddressOf(table), 513, 70 + i);
        }

        Assert.Equal(2, queue.AddTables(buffers, pieces: 3));
        queue.Publish();
        List<ModelChain> chains = device.PopAll();
        device.Use(chains[1], 513);
        device.Use(chains[0], 514);

        Assert.Equal([(0x1000, 16, false), (0x8000, 512, true), (0x9000, 1, true)], chains[0].Segments);
        Assert.Equal(Size - 2, queue.Free);
        Assert.Equal(71, queue.Take(out uint written));
        Assert.Equal(513u, written);
        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.LengthBeyondBuffer, queue.Violation);
    }

    [Fact]
    public void A_chain_that_has_no_room_leaves_the_ring_as_it_was()
    {
        var (queue, device) = Make();
        VirtioSegment[] segments = [new(0x1000, 16), new(0x2000, 512), new(0x3000, 1)];
        Assert.True(queue.Add(segments, 1) >= 0);
        Assert.True(queue.Add(segments, 1) >= 0);

        Assert.Equal(-1, queue.Add(segments, 1));

        Assert.Equal(2, queue.Free);
        queue.Publish();
        Assert.Equal(2, device.PopAll().Count);
    }

    [Theory]
    [InlineData(Size)]
    [InlineData(uint.MaxValue)]
    [InlineData(5)] // exists, and was never made available
    [InlineData(1)] // exists, inside another buffer's chain
    public void An_id_that_is_not_in_flight_breaks_the_ring(uint id)
    {
        var (queue, device) = Make();
        queue.Add([new(0x1000, 16), new(0x2000, 16)], readable: 0);
        queue.Publish();

        device.FillRaw(id, 1);
        device.Flush();

        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.UnknownId, queue.Violation);
        Assert.Equal(-1, queue.Take(out _));
    }

    [Fact]
    public void An_id_that_is_returned_twice_breaks_the_ring()
    {
        var (queue, device) = Make();
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        ModelChain chain = device.Pop()!;
        device.Use(chain, 1);
        device.Use(chain, 1);

        Assert.Equal(chain.Id, queue.Take(out _));
        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.UnknownId, queue.Violation);
    }

    [Theory]
    [InlineData(true, 61u)]
    [InlineData(true, uint.MaxValue)]
    [InlineData(false, 1u)]
    public void A_length_beyond_the_buffer_breaks_the_ring(bool deviceWrites, uint written)
    {
        var (queue, device) = Make();
        queue.Add(0x1000, 60, deviceWrites);
        queue.Publish();

        device.Use(device.Pop()!, written);

        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.LengthBeyondBuffer, queue.Violation);
    }

    [Fact]
    public void A_reset_ring_starts_anew()
    {
        var (queue, device) = Make();
        int id = queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        device.FillRaw(7, 1);
        device.Flush();
        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(id, queue.InFlightAt(id));

        queue.Reset();

        Assert.Equal((VirtqueueViolation.None, Size, -1), (queue.Violation, queue.Free, queue.InFlightAt(id)));
        ModelRing fresh = DeviceOf(queue, eventIndex: true);
        queue.Add(0x3000, 60, deviceWrites: true);
        queue.Publish();
        fresh.Use(fresh.Pop()!, 3);
        Assert.True(queue.Take(out uint written) >= 0);
        Assert.Equal(3u, written);
    }

    private static int AddAs(Virtqueue queue, string kind) => kind switch
    {
        "one piece" => queue.Add(0x2000, 60, deviceWrites: true),
        "burst" => queue.AddEach([new(0x2000, 60, 1)], deviceWrites: true),
        _ => queue.Add([new(0x2000, 16), new(0x3000, 16)], readable: 0),
    };

    protected abstract Virtqueue MakeQueue(bool eventIndex, int indirectSegments);

    protected abstract ModelRing DeviceOf(Virtqueue queue, bool eventIndex);

    protected (Virtqueue Queue, ModelRing Device) Make(bool eventIndex = true, int indirectSegments = 0)
    {
        Virtqueue queue = MakeQueue(eventIndex, indirectSegments);
        return (queue, DeviceOf(queue, eventIndex));
    }
}
