using System;
using System.Buffers.Binary;
using Guest.Pci;

namespace Guest.Testing;

/// <summary>One function's 256 bytes of configuration, with registers that behave as a chip's do where it matters.</summary>
public sealed class FakeFunction
{
    private readonly uint[] _barWritable = new uint[PciFunction.BarCount];
    private readonly uint[] _barAtFirst = new uint[PciFunction.BarCount];
    private int _nextCapability = 0x40;
    private int _lastLink = PciRegister.CapabilitiesPointer;

    public FakeFunction(ushort vendor, ushort device, uint classRevision = 0x0200_0000)
    {
        Set16(PciRegister.VendorId, vendor);
        Set16(PciRegister.VendorId + 2, device);
        Set32(PciRegister.ClassRevision, classRevision);
    }

    public byte[] Bytes { get; } = new byte[256];

    /// <summary>Writes to a base address register that came while the function still decoded its regions.</summary>
    public int BarWritesWhileDecoding { get; private set; }

    public void Set16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(offset), value);

    public void Set32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(offset), value);

    public ushort Get16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(offset));

    public uint Get32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(offset));

    /// <summary>Gives it a 32-bit memory region.</summary>
    public void AddMemoryBar(int index, uint address, uint length) => AddBar(index, address, ~(length - 1));

    /// <summary>Gives it a 64-bit memory region.</summary>
    public void AddWideBar(int index, ulong address, ulong length)
    {
        AddBar(index, (uint)address | 0xc, (uint)~(length - 1));
        AddBar(index + 1, (uint)(address >> 32), (uint)(~(length - 1) >> 32));
    }

    /// <summary>Gives it a run of ports.</summary>
    public void AddPortBar(int index, ushort first, uint count) => AddBar(index, first | 1u, ~(count - 1));

    /// <summary>Appends a capability and returns its offset.</summary>
    public int AddCapability(byte id, int length)
    {
        int offset = _nextCapability;
        _nextCapability += (length + 3) & ~3;
        Bytes[PciRegister.Status] |= 1 << 4;
        Bytes[_lastLink] = (byte)offset;
        Bytes[offset] = id;
        _lastLink = offset + 1;
        return offset;
    }

    /// <summary>As it is when it was taken out and comes again: what software wrote to it is gone. Regions that firmware placed stay placed.</summary>
    public void Unplug()
    {
        Set16(PciRegister.Command, 0);
        for (int i = 0; i < _barWritable.Length; i++)
            Set32(PciRegister.BaseAddress0 + (i * 4), _barAtFirst[i]);
    }

    internal void Write32(int offset, uint value)
    {
        int bar = (offset - PciRegister.BaseAddress0) / 4;
        bool isBridge = (Bytes[PciRegister.HeaderType] & 0x7f) == 1;
        if (bar >= 0 && bar < (isBridge ? 2 : PciFunction.BarCount))
        {
            if ((Get16(PciRegister.Command) & 3) != 0)
                BarWritesWhileDecoding++;
            value = (value & _barWritable[bar]) | (Get32(offset) & ~_barWritable[bar]);
        }

        Set32(offset, value);
    }

    private void AddBar(int index, uint value, uint writable)
    {
        uint flags = (value & 1) != 0 ? 3u : 0xfu;
        bool upperHalf = index > 0 && (Get32(PciRegister.BaseAddress0 + ((index - 1) * 4)) & 7) == 4;
        _barWritable[index] = upperHalf ? writable : writable & ~flags;
        _barAtFirst[index] = value;
        Set32(PciRegister.BaseAddress0 + (index * 4), value);
    }
}
