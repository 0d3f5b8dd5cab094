using System;
using Guest.Core.Memory;
using Guest.Pv;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public unsafe class ClockTests
{
    [ThreadStatic]
    private static PvClockTimeInfo* s_record;

    [ThreadStatic]
    private static int s_reads;

    [Theory]
    [InlineData(1000UL, 0x8000_0000u, 1, 1000)]
    [InlineData(1000UL, 0x8000_0000u, 0, 500)]
    [InlineData(1000UL, 0x8000_0000u, -1, 250)]
    [InlineData(3_000_000_000_000_000UL, 0x5555_5555u, 0, 999_999_999_767_169)]
    public void Cycles_become_nanoseconds(ulong cycles, uint multiplier, sbyte shift, long nanoseconds) =>
        Assert.Equal(nanoseconds, PvClock.Scale(cycles, multiplier, shift));

    [Fact]
    public void A_record_that_changes_under_the_reader_is_read_again()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        s_record = (PvClockTimeInfo*)page;
        s_record->Version = 2;
        s_record->SystemTime = 111;
        s_record->TscToSystemMul = 0x8000_0000;
        s_record->TscShift = 1;
        s_reads = 0;
        Assert.Equal(5000 + 900, new PvClockReader(s_record, &ChangeOnce).Now);
        Assert.Equal(2, s_reads);
    }

    [Fact]
    public void A_counter_behind_the_record_counts_as_none()
    {
        PvClockTimeInfo record = new() { TscTimestamp = 5000, SystemTime = 7, TscToSystemMul = 1, Version = 2 };
        Assert.Equal(7, new PvClockReader(&record, &Thousand).Now);
    }

    [Fact]
    public void A_new_record_is_noticed_though_the_last_is_remembered()
    {
        PvClockTimeInfo record = new() { SystemTime = 1, TscToSystemMul = 0x8000_0000, TscShift = 1, Version = 2 };
        PvClockReader clock = new(&record, &Thousand);
        Assert.Equal(1001, clock.Now);
        Assert.Equal(1001, clock.Now);

        record.SystemTime = 50;
        record.TscTimestamp = 400;
        record.TscShift = 0;
        record.Version = 4;

        Assert.Equal(350, clock.Now);
    }

    [Theory]
    [InlineData(0x8000_0000u, 1, 1_000_000UL)]
    [InlineData(0x8000_0000u, 0, 2_000_000UL)]
    [InlineData(0u, 0, 0UL)]
    public void The_records_frequency_is_known(uint multiplier, sbyte shift, ulong kilohertz) =>
        Assert.Equal(kilohertz, PvClock.FrequencyKilohertz(multiplier, shift));

    [Fact]
    public void The_wall_clock_has_64_bits_of_seconds()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        ((uint*)page)[768] = 4;
        ((uint*)page)[769] = 5;
        ((uint*)page)[770] = 17;
        ((uint*)page)[771] = 1;
        Assert.Equal(((0x1_0000_0000L + 5) * 1_000_000_000) + 17, new SharedInfo(page).UtcNanosecondsAtBoot());
    }

    private static ulong Thousand() => 1000;

    private static ulong ChangeOnce()
    {
        if (s_reads++ == 0)
        {
            s_record->Version += 2;
            s_record->SystemTime = 5000;
            s_record->TscTimestamp = 100;
        }

        return 1000;
    }
}
