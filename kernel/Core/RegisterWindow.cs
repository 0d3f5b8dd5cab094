using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;

namespace Guest.Core;

/// <summary>A device's registers: the one door through which a driver reads and writes them, and where each access is counted.</summary>
/// <remarks>
/// A window is a run of memory-mapped registers or of I/O ports; which of the two decides under what each access is counted
/// and nothing else that a driver sees. Unit tests derive a model of a chip from it. Accesses are neither merged nor
/// reordered with respect to one another, and stores to memory that precede a write in program order are visible to the device
/// before it. Offsets are in bytes from the window's start and are not checked.
/// </remarks>
public abstract class RegisterWindow
{
    private readonly PathCounters _counters;
    private readonly PathEvent _read;
    private readonly PathEvent _write;

    /// <summary>Opens a window whose accesses count for <paramref name="counters"/>.</summary>
    /// <param name="counters">The device that pays.</param>
    /// <param name="ports">True for I/O ports, false for memory-mapped registers.</param>
    protected RegisterWindow(PathCounters counters, bool ports)
    {
        _counters = counters;
        _read = ports ? PathEvent.PortRead : PathEvent.RegisterRead;
        _write = ports ? PathEvent.PortWrite : PathEvent.RegisterWrite;
    }

    /// <summary>Reads 8 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public byte Read8(int offset)
    {
        _counters.Count(_read);
        return Load8(offset);
    }

    /// <summary>Reads 16 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ushort Read16(int offset)
    {
        _counters.Count(_read);
        return Load16(offset);
    }

    /// <summary>Reads 32 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Read32(int offset)
    {
        _counters.Count(_read);
        return Load32(offset);
    }

    /// <summary>Writes 8 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write8(int offset, byte value)
    {
        _counters.Count(_write);
        Store8(offset, value);
    }

    /// <summary>Writes 16 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write16(int offset, ushort value)
    {
        _counters.Count(_write);
        Store16(offset, value);
    }

    /// <summary>Writes 32 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write32(int offset, uint value)
    {
        _counters.Count(_write);
        Store32(offset, value);
    }

    /// <summary>Reads 16-bit units from one register until <paramref name="destination"/> is full (<c>rep insw</c> on ports);
    /// a last odd byte takes the low half of one more unit.</summary>
    public void ReadString16(int offset, Span<byte> destination)
    {
        _counters.Count(_read, (destination.Length + 1) / 2);
        LoadString16(offset, destination);
    }

    /// <summary>Writes <paramref name="source"/> to one register as 16-bit units (<c>rep outsw</c> on ports); a last odd byte is
    /// the low half of a unit whose high half is zero.</summary>
    public void WriteString16(int offset, ReadOnlySpan<byte> source)
    {
        _counters.Count(_write, (source.Length + 1) / 2);
        StoreString16(offset, source);
    }

    /// <summary>As <see cref="ReadString16"/>, by 32-bit units (<c>rep insd</c>): of a last unit that is not wanted whole the low bytes
    /// are taken.</summary>
    public void ReadString32(int offset, Span<byte> destination)
    {
        _counters.Count(_read, (destination.Length + 3) / 4);
        LoadString32(offset, destination);
    }

    /// <summary>As <see cref="WriteString16"/>, by 32-bit units (<c>rep outsd</c>): a last unit that is not filled has zeroes above.</summary>
    public void WriteString32(int offset, ReadOnlySpan<byte> source)
    {
        _counters.Count(_write, (source.Length + 3) / 4);
        StoreString32(offset, source);
    }

    /// <summary>The access itself.</summary>
    protected abstract byte Load8(int offset);

    /// <inheritdoc cref="Load8"/>
    protected abstract ushort Load16(int offset);

    /// <inheritdoc cref="Load8"/>
    protected abstract uint Load32(int offset);

    /// <inheritdoc cref="Load8"/>
    protected abstract void Store8(int offset, byte value);

    /// <inheritdoc cref="Load8"/>
    protected abstract void Store16(int offset, ushort value);

    /// <inheritdoc cref="Load8"/>
    protected abstract void Store32(int offset, uint value);

    /// <inheritdoc cref="Load8"/>
    protected virtual void LoadString16(int offset, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i += 2)
        {
            ushort unit = Load16(offset);
            destination[i] = (byte)unit;
            if (i + 1 < destination.Length)
                destination[i + 1] = (byte)(unit >> 8);
        }
    }

    /// <inheritdoc cref="Load8"/>
    protected virtual void StoreString16(int offset, ReadOnlySpan<byte> source)
    {
        for (int i = 0; i < source.Length; i += 2)
        {
            int high = i + 1 < source.Length ? source[i + 1] << 8 : 0;
            Store16(offset, (ushort)(source[i] | high));
        }
    }

    /// <inheritdoc cref="Load8"/>
    protected virtual void LoadString32(int offset, Span<byte> destination)
    {
        for (; destination.Length >= sizeof(uint); destination = destination[sizeof(uint)..])
            BinaryPrimitives.WriteUInt32LittleEndian(destination, Load32(offset));
        if (destination.Length == 0)
            return;
        uint unit = Load32(offset);
        for (int i = 0; i < destination.Length; i++, unit >>= 8)
            destination[i] = (byte)unit;
    }

    /// <inheritdoc cref="Load8"/>
    protected virtual void StoreString32(int offset, ReadOnlySpan<byte> source)
    {
        for (; source.Length >= sizeof(uint); source = source[sizeof(uint)..])
            Store32(offset, BinaryPrimitives.ReadUInt32LittleEndian(source));
        if (source.Length == 0)
            return;
        uint unit = 0;
        for (int i = source.Length - 1; i >= 0; i--)
            unit = (unit << 8) | source[i];
        Store32(offset, unit);
    }
}
