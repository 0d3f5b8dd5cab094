using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Makes the statics ready, from the tables that ilc leaves in the image.</summary>
public static unsafe class StartupCode
{
    /// <summary>ReadyToRunSectionType in NativeAOT's System.Private.CoreLib.</summary>
    private const int GCStaticRegion = 201;
    private const int EagerConstructors = 205;
    private const int ModuleInitializers = 213;

    /// <summary>In an entry of <see cref="GCStaticRegion"/>.</summary>
    private const nint Uninitialized = 1;
    private const nint HasPreinitializedData = 2;

    /// <summary>Once, after <see cref="Arena.Initialize"/> and before any other C# that has statics with references or static
    /// constructors.</summary>
    public static void Initialize()
    {
        if (FindSection(GCStaticRegion, out int* entry, out int* end))
        {
            for (; entry < end; entry++)
                InitializeStatics((nint*)((byte*)entry + *entry));
        }

        RunAll(EagerConstructors);
        RunAll(ModuleInitializers);
    }

    private static void RunAll(int section)
    {
        if (!FindSection(section, out int* entry, out int* end))
            return;
        for (; entry < end; entry++)
            ((delegate*<void>)((byte*)entry + *entry))();
    }

    /// <summary>Allocates the object that holds a class's static references, and puts its address where the code looks for it.</summary>
    private static void InitializeStatics(nint* block)
    {
        int relative = (int)*block;
        nint flags = relative & 3;
        if ((flags & Uninitialized) == 0)
            return;
        MethodTable* type = (MethodTable*)((byte*)block + (relative & ~3));
        object statics = RuntimeExports.RhNewObject(type);
        if ((flags & HasPreinitializedData) != 0)
        {
            int* relativeData = (int*)block + 1;
            byte* data = (byte*)relativeData + *relativeData;
            SpanHelpers.Memmove(ref statics.RawData, ref *data, type->BaseSize - 16);
        }

        *block = *(nint*)&statics;
    }

    private static bool FindSection(int id, out int* start, out int* end)
    {
        Header* header = (Header*)ReadyToRunHeader();
        Row* row = (Row*)(header + 1);
        for (int i = 0; i < header->RowCount; i++, row++)
        {
            if (row->Id == id)
            {
                start = (int*)row->Start;
                end = (int*)row->End;
                return true;
            }
        }

        start = end = null;
        return false;
    }

    [RuntimeImport("*", "GuestReadyToRunHeader")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* ReadyToRunHeader();

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Signature;
        public ushort MajorVersion;
        public ushort MinorVersion;
        public uint Flags;
        public ushort RowCount;
        public byte EntrySize;
        public byte EntryType;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Row
    {
        public int Id;
        public int Flags;
        public void* Start;
        public void* End;
    }
}
