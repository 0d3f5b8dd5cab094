using System.Linq;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;

namespace Guest.Core.Tests;

public sealed class InterruptTableTests
{
    [Fact]
    public void Every_vector_is_given_out_once_and_then_none()
    {
        InterruptTable table = new();

        int[] vectors = [.. Enumerable.Range(0, InterruptTable.Vectors).Select(_ => table.TryAllocate())];

        Assert.Equal(Enumerable.Range(InterruptTable.FirstVector, InterruptTable.Vectors), vectors);
        Assert.Equal(-1, table.TryAllocate());
    }

    [Fact]
    public void All_handlers_of_a_shared_line_are_asked_and_those_that_interrupted_are_counted()
    {
        InterruptTable table = new();
        Device quiet = new(interrupts: false);
        Device loud = new(interrupts: true);
        Device alsoLoud = new(interrupts: true);
        int vector = table.TryAllocate();
        foreach (Device device in new[] { quiet, loud, alsoLoud })
            table.Connect(vector, device, device.Counters);

        Assert.True(table.Dispatch(vector));

        Assert.Equal((1, 1, 1), (quiet.Asked, loud.Asked, alsoLoud.Asked));
        Assert.Equal(0, quiet.Counters[PathEvent.Interrupt]);
        Assert.Equal(1, loud.Counters[PathEvent.Interrupt]);
        Assert.Equal(1, alsoLoud.Counters[PathEvent.Interrupt]);
    }

    [Fact]
    public void An_interrupt_that_nobody_owns_up_to_is_counted_as_spurious()
    {
        InterruptTable table = new();
        Device quiet = new(interrupts: false);
        int vector = table.TryAllocate();
        table.Connect(vector, quiet, quiet.Counters);

        Assert.False(table.Dispatch(vector));

        Assert.Equal(1, quiet.Counters[PathEvent.SpuriousInterrupt]);
    }

    [Fact]
    public void A_vector_at_which_nobody_is_asked_any_more_is_given_out_again()
    {
        InterruptTable table = new();
        Device first = new(interrupts: true);
        Device second = new(interrupts: true);
        int vector = table.TryAllocate();
        table.TryAllocate();
        table.Connect(vector, first, first.Counters);
        table.Connect(vector, second, second.Counters);

        Assert.Equal(-1, table.Disconnect(first));
        Assert.True(table.Dispatch(vector));
        Assert.Equal((0, 1), (first.Asked, second.Asked));
        Assert.Equal(vector, table.Disconnect(second));
        Assert.Equal(0, table.Disconnect(second));
        Assert.Equal(vector, table.TryAllocate());
    }

    [Fact]
    public void Vectors_that_come_back_never_run_out()
    {
        InterruptTable table = new();
        Device device = new(interrupts: true);

        for (int i = 0; i < 1000; i++)
        {
            int vector = table.TryAllocate();
            table.Connect(vector, device, device.Counters);
            Assert.Equal(vector, table.Disconnect(device));
        }
    }

    [Fact]
    public void A_vector_without_handlers_does_no_harm() => Assert.False(new InterruptTable().Dispatch(InterruptTable.FirstVector + 3));

    private sealed class Device(bool interrupts) : IInterruptHandler
    {
        public PathCounters Counters { get; } = new("test");

        public int Asked { get; private set; }

        public bool OnInterrupt()
        {
            Asked++;
            return interrupts;
        }
    }
}
