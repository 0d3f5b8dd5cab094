using System;
using System.Buffers.Binary;
using System.Linq;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Testing;
using Xunit;

namespace Guest.Pci.Tests;

public class PciInterruptsTests
{
    private const int Line = 11;

    private readonly FakePlatform _platform = new();
    private readonly FakeFunction _fake = new(0x1af4, 0x1041);
    private readonly byte[] _table = new byte[0x1000];
    private readonly IInterruptHandler _shared = new Handler();
    private readonly IInterruptHandler[] _vectors = [new Handler(), new Handler()];

    public PciInterruptsTests()
    {
        _fake.Set16(PciRegister.InterruptLine, 0x0100 | Line);
        _platform.AddMemory(0xfebd_0000, 0x1000, (at, counters) => new ByteWindow(_table, (int)at, counters));
    }

    [Fact]
    public void MsiX_is_taken_first_with_an_unmasked_entry_for_each_vector()
    {
        int capability = AddMsiX(entries: 4, offset: 0x100);
        AddMsi();

        Assert.Equal(PciInterruptKind.MsiX, Connect());

        Assert.Equal(_vectors, _platform.Messages.Select(m => m.Handler));
        Assert.Equal([0xfee0_0000, 0, 0x40, 0, 0xfee0_0000, 0, 0x41, 0], Words(0x100, 8));
        Assert.Equal(0x8003, _fake.Get16(capability + 2)); // enabled, not masked, of four entries
        Assert.NotEqual(0, _fake.Get16(PciRegister.Command) & (int)PciCommand.InterruptDisable);
    }

    [Fact]
    public void Msi_serves_where_the_table_is_too_short()
    {
        AddMsiX(entries: 1, offset: 0);
        int capability = AddMsi();

        Assert.Equal(PciInterruptKind.Msi, Connect());

        Assert.Same(_shared, Assert.Single(_platform.Messages).Handler);
        Assert.Equal(0xfee0_0000u, _fake.Get32(capability + 4));
        Assert.Equal(0u, _fake.Get32(capability + 8));
        Assert.Equal(0x40, _fake.Get16(capability + 12));
        Assert.Equal(0x81, _fake.Get16(capability + 2));
    }

    [Fact]
    public void The_line_serves_a_function_with_nothing_else()
    {
        _fake.Set16(PciRegister.Command, (ushort)PciCommand.InterruptDisable);

        Assert.Equal(PciInterruptKind.Line, Connect());

        Assert.Equal([(Line, _shared)], _platform.Lines);
        Assert.Equal(0, _fake.Get16(PciRegister.Command));
    }

    [Fact]
    public void A_platform_that_runs_out_of_messages_leaves_MsiX_off_and_the_line_serves()
    {
        int capability = AddMsiX(entries: 4, offset: 0);
        _platform.MessagesLeft = 1;

        Assert.Equal(PciInterruptKind.Line, Connect());

        Assert.Equal(0, _fake.Get16(capability + 2) & 0x8000);
        Assert.Equal(1, _platform.MessagesLeft);
    }

    [Fact]
    public void A_function_that_goes_gives_its_messages_back()
    {
        AddMsiX(entries: 4, offset: 0);
        int before = _platform.MessagesLeft;
        PciFunction function = Function();
        PciInterrupts.Connect(function, _vectors, _shared);

        function.DisconnectInterrupts();

        Assert.Equal(before, _platform.MessagesLeft);
    }

    [Fact]
    public void A_driver_may_refuse_Msi()
    {
        AddMsi();

        Assert.Equal(PciInterruptKind.Line, PciInterrupts.Connect(Function(), _vectors, _shared, allowMsi: false));
    }

    [Fact]
    public void With_nothing_at_all_the_answer_is_none()
    {
        _platform.HasLines = false;

        Assert.Equal(PciInterruptKind.None, Connect());
    }

    private PciInterruptKind Connect() => PciInterrupts.Connect(Function(), _vectors, _shared);

    private int AddMsiX(int entries, uint offset)
    {
        _fake.AddMemoryBar(1, 0xfebd_0000, 0x1000);
        int capability = _fake.AddCapability(PciCapability.MsiX, 12);
        _fake.Set16(capability + 2, (ushort)(entries - 1));
        _fake.Set32(capability + 4, offset | 1);
        return capability;
    }

    private int AddMsi()
    {
        int capability = _fake.AddCapability(PciCapability.Msi, 16);
        _fake.Set16(capability + 2, 0x80);
        return capability;
    }

    private uint[] Words(int offset, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(_table.AsSpan(offset + (i * 4))))];

    private PciFunction Function()
    {
        PathCounters counters = new("pci");
        FakeConfiguration configuration = new(counters) { [0, 3, 0] = _fake };
        return Assert.Single(PciBus.Enumerate(_platform, configuration, counters));
    }

    private sealed class Handler : IInterruptHandler
    {
        public bool OnInterrupt() => true;
    }
}
