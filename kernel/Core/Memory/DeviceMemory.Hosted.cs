using System.Runtime.InteropServices;

namespace Guest.Core.Memory;

public static unsafe partial class DeviceMemory
{
    public static partial byte* AllocatePages(int count)
    {
        nuint bytes = (nuint)count * PageSize;
        byte* pages = (byte*)NativeMemory.AlignedAlloc(bytes, PageSize);
        NativeMemory.Clear(pages, bytes);
        return pages;
    }

    public static partial ulong AddressOf(void* pointer) => (ulong)pointer;
}
