using System.Runtime.InteropServices;

namespace Guest.Net.Devices;

/// <summary>The 16 bytes by which a driver and a chip that masters the bus hand each other a buffer: two little-endian words, whose
/// meaning is the chip's.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Descriptor
{
    /// <summary>Bytes 0 to 7.</summary>
    public ulong Low;

    /// <summary>Bytes 8 to 15.</summary>
    public ulong High;
}
