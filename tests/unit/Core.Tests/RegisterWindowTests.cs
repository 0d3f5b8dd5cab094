using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;

namespace Guest.Core.Tests;

/// <summary>Strings of units through one register, and what they count as.</summary>
public class RegisterWindowTests
{
    private readonly PathCounters _counters = new("device0");

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 2)]
    [InlineData(7, 2)]
    [InlineData(8, 2)]
    public void A_string_of_32_bit_units_takes_of_the_last_what_is_wanted(int length, int units)
    {
        Port port = new(_counters);
        byte[] read = new byte[length];

        port.ReadString32(0, read);

        Assert.Equal(Enumerable.Range(1, length).Select(i => (byte)i), read);
        Assert.Equal(units, _counters[PathEvent.PortRead]);
    }

    [Theory]
    [InlineData(0, new uint[0])]
    [InlineData(1, new uint[] { 0x01 })]
    [InlineData(3, new uint[] { 0x030201 })]
    [InlineData(4, new uint[] { 0x04030201 })]
    [InlineData(6, new uint[] { 0x04030201, 0x0605 })]
    public void A_string_of_32_bit_units_fills_the_last_with_zeroes(int length, uint[] units)
    {
        Port port = new(_counters);

        port.WriteString32(0, [.. Enumerable.Range(1, length).Select(i => (byte)i)]);

        Assert.Equal(units, port.Written);
        Assert.Equal(units.Length, _counters[PathEvent.PortWrite]);
    }

    /// <summary>Reads 1, 2, 3 and so on, byte by byte, and keeps what is written.</summary>
    private sealed class Port(PathCounters counters) : RegisterWindow(counters, ports: true)
    {
        private byte _next = 1;

        public List<uint> Written { get; } = [];

        protected override byte Load8(int offset) => _next++;

        protected override ushort Load16(int offset) => (ushort)(Load8(offset) | (Load8(offset) << 8));

        protected override uint Load32(int offset) => Load16(offset) | ((uint)Load16(offset) << 16);

        protected override void Store8(int offset, byte value) => Written.Add(value);

        protected override void Store16(int offset, ushort value) => Written.Add(value);

        protected override void Store32(int offset, uint value) => Written.Add(value);
    }
}
