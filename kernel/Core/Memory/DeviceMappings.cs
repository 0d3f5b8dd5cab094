using System;
using System.Collections.Generic;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;

namespace Guest.Core.Memory;

/// <summary>Where devices' memory is mapped, uncached, in the part of the address space that is for it.</summary>
/// <param name="tables">The page tables in use.</param>
/// <param name="cpu">Says how far physical addresses reach.</param>
public sealed class DeviceMappings(PageTables tables, ICpuIdentity cpu)
{
    /// <summary>The longest mapping, in bytes: its page tables take 128 KiB. More than any device has that has a driver here; only a hypervisor can say that
    /// a region is longer, and the page tables for it would take the machine's memory.</summary>
    public const ulong Longest = 64 << 20;

    /// <summary>Up to here every processor's physical addresses reach.</summary>
    private const ulong SurelyReached = 1UL << 36;

    private const uint AddressSizes = 0x8000_0008; // CPUID: EAX has the bits of a physical address in its lowest byte

    private const ulong PageMask = FrameAllocator.FrameSize - 1;

    private readonly List<Range> _free = [];
    private ulong _next = AddressSpace.DeviceBase;

    /// <summary>Maps memory.</summary>
    /// <param name="address">Its physical address.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>Where it is mapped; 0, with a line on the console, for what no device can have, and where there is no room.</returns>
    public nuint TryMap(ulong address, ulong length)
    {
        ulong end = address + length;
        if (length is 0 or > Longest || end < address || (end > SurelyReached && ((end - 1) >> (byte)cpu.Read(AddressSizes).Eax) != 0))
        {
            Log.Warn("memory", $"{length} bytes of device memory at {address:x} are not mapped: no device can have them");
            return 0;
        }

        ulong first = address & ~PageMask;
        ulong bytes = BytesOf(address, length);
        ulong mapped = Take(bytes);
        if (mapped == 0)
            return 0;
        tables.Map(mapped, first, bytes, PageFlags.Device);
        return (nuint)(mapped + (address - first));
    }

    /// <summary>Takes a mapping away: nobody uses it any more.</summary>
    /// <param name="mapped">What <see cref="TryMap"/> returned.</param>
    /// <param name="length">The bytes that it was given.</param>
    public void Unmap(nuint mapped, ulong length)
    {
        ulong first = mapped & ~PageMask;
        ulong bytes = BytesOf(mapped, length);
        tables.Unmap(first, bytes);
        Return(new Range(first, bytes));
    }

    private static ulong BytesOf(ulong address, ulong length) => ((address & PageMask) + length + PageMask) & ~PageMask;

    private ulong Take(ulong bytes)
    {
        for (int i = 0; i < _free.Count; i++)
        {
            Range range = _free[i];
            if (range.Bytes < bytes)
                continue;
            if (range.Bytes == bytes)
                _free.RemoveAt(i);
            else
                _free[i] = new Range(range.Start + bytes, range.Bytes - bytes);
            return range.Start;
        }

        if (bytes > AddressSpace.StackBase - _next)
            return 0;
        _next += bytes;
        return _next - bytes;
    }

    private void Return(Range range)
    {
        // It becomes one with those on either side of it.
        for (int i = _free.Count - 1; i >= 0; i--)
        {
            Range other = _free[i];
            if (other.End != range.Start && range.End != other.Start)
                continue;
            range = new Range(Math.Min(range.Start, other.Start), range.Bytes + other.Bytes);
            _free.RemoveAt(i);
        }

        if (range.End == _next)
            _next = range.Start;
        else
            _free.Add(range);
    }

    private readonly struct Range(ulong start, ulong bytes)
    {
        public ulong Start => start;

        public ulong Bytes => bytes;

        public ulong End => start + bytes;
    }
}
