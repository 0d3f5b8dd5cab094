using System.Runtime.InteropServices;

namespace Guest.Core.Cpu;

/// <summary>The operand of <c>lgdt</c> and <c>lidt</c>: a limit and an address, packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly unsafe struct DescriptorPointer(ushort limit, void* table)
{
    public readonly ushort Limit = limit;
    public readonly ulong Table = (ulong)table;
}
