using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>How a type implements its interfaces, as ilc lays it out: four counts, then the entries.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DispatchMap
{
    private ushort _standardCount;
    private ushort _defaultCount;
    private ushort _standardStaticCount;
    private ushort _defaultStaticCount;
    private DispatchMapEntry _first;

    /// <summary>Entries for methods that the type itself implements.</summary>
    public readonly int StandardCount => _standardCount;

    /// <summary>Entries for methods whose body is in the interface; they follow the standard ones.</summary>
    public readonly int DefaultCount => _defaultCount;

    public static DispatchMapEntry* Entries(DispatchMap* map) => &map->_first;
}
