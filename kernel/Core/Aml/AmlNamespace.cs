using System;

namespace Guest.Core.Aml;

/// <summary>What the definition blocks of the firmware (DSDT, SSDT; ACPI 6.5, 5.2.11) say of where devices are.</summary>
/// <remarks>Nothing is evaluated: an object that firmware computes by a method is known only where the method does no more than return a
/// constant. The bytes are trusted no further than a device's: every length is checked, and what is read, how deep and how much, is
/// bounded.</remarks>
public sealed class AmlNamespace
{
    private const int HeaderSize = 36;
    private const int MostNodes = 4096;
    private const int MostObjects = 64 * 1024;
    private const int MostNesting = 24;

    private static readonly uint s_hid = AmlPath.Segment("_HID"u8);
    private static readonly uint s_cid = AmlPath.Segment("_CID"u8);
    private static readonly uint s_adr = AmlPath.Segment("_ADR"u8);
    private static readonly uint s_bbn = AmlPath.Segment("_BBN"u8);
    private static readonly uint s_seg = AmlPath.Segment("_SEG"u8);
    private static readonly uint s_cba = AmlPath.Segment("_CBA"u8);
    private static readonly uint s_sta = AmlPath.Segment("_STA"u8);
    private static readonly uint s_crs = AmlPath.Segment("_CRS"u8);
    private static readonly uint s_prt = AmlPath.Segment("_PRT"u8);
    private static readonly uint s_bsel = AmlPath.Segment("BSEL"u8);
    private static readonly uint s_pcst = AmlPath.Segment("PCST"u8);

    private int _nodes;
    private int _objects;

    /// <summary>The root of all names.</summary>
    public AmlNode Root { get; } = new(AmlPath.Segment("\\   "u8), null);

    /// <summary>The first port of QEMU's PCI hot-plug registers (docs/specs/acpi_pci_hotplug); 0 where the machine has none.</summary>
    public ushort HotplugPorts { get; private set; }

    /// <summary>Takes a table, header included; what it says joins what earlier ones said.</summary>
    public void Load(ReadOnlySpan<byte> table)
    {
        if (table.Length > HeaderSize)
            Walk(new AmlReader(table, HeaderSize, table.Length), Root, 0);
    }

    /// <summary>The node behind another one in the order of the tree, or null at its end; the root comes first of all.</summary>
    public static AmlNode? Next(AmlNode node)
    {
        if (node.FirstChild is not null)
            return node.FirstChild;
        AmlNode? above = node;
        while (above is not null && above.NextSibling is null)
            above = above.Parent;
        return above?.NextSibling;
    }

    /// <summary>Finds a node by one segment of name, near a place first: in it, then in what holds it, up to the root (5.3).</summary>
    public static AmlNode? Find(AmlNode from, uint name)
    {
        for (AmlNode? place = from; place is not null; place = place.Parent)
        {
            if (place.Child(name) is { } found)
                return found;
        }

        return null;
    }

    private void Walk(AmlReader list, AmlNode place, int depth)
    {
        if (depth > MostNesting)
            return;
        while (!list.AtEnd && _objects++ < MostObjects)
        {
            if (!list.TryByte(out byte opcode) || !TryObject(opcode, ref list, place, depth))
                return;
        }
    }

    private bool TryObject(byte opcode, ref AmlReader list, AmlNode place, int depth)
    {
        switch (opcode)
        {
            case AmlOpcode.Scope:
                return TryPlace(ref list, place, depth, isDevice: false);
            case AmlOpcode.Name:
                return TryNamed(ref list, place);
            case AmlOpcode.Method:
                return TryMethod(ref list, place);
            case AmlOpcode.Alias:
                return list.TryName(out _) && list.TryName(out _);
            case AmlOpcode.External:
                return list.TryName(out _) && list.TrySkip(2);
            case AmlOpcode.If or AmlOpcode.Else or AmlOpcode.While:
                return list.TryPackage(out _);
            case AmlOpcode.CreateDWordField or AmlOpcode.CreateWordField or AmlOpcode.CreateByteField or AmlOpcode.CreateBitField
                or AmlOpcode.CreateQWordField:
                return list.TrySkipData() && list.TrySkipData() && list.TryName(out _);
            case AmlOpcode.NoOperation:
                return true;
            case AmlOpcode.Extended:
                return list.TryByte(out byte extended) && TryExtended(extended, ref list, place, depth);
            default:
                return false;
        }
    }

    private bool TryExtended(byte opcode, ref AmlReader list, AmlNode place, int depth)
    {
        switch (opcode)
        {
            case AmlOpcode.Device:
                return TryPlace(ref list, place, depth, isDevice: true);
            case AmlOpcode.OperationRegion:
                return TryRegion(ref list);
            case AmlOpcode.Mutex:
                return list.TryName(out _) && list.TrySkip(1);
            case AmlOpcode.Event:
                return list.TryName(out _);
            case AmlOpcode.Field or AmlOpcode.IndexField or AmlOpcode.BankField or AmlOpcode.Processor or AmlOpcode.PowerResource
                or AmlOpcode.ThermalZone:
                return list.TryPackage(out _);
            default:
                return false;
        }
    }

    private bool TryPlace(ref AmlReader list, AmlNode place, int depth, bool isDevice)
    {
        if (!list.TryPackage(out AmlReader inside))
            return false;
        // What cannot be named is left aside, and the list goes on behind it.
        if (inside.TryName(out AmlPath path) && Resolve(place, path, path.Count, upwards: !isDevice) is { } node)
        {
            node.IsDevice |= isDevice;
            Walk(inside, node, depth + 1);
        }

        return true;
    }

    private bool TryRegion(ref AmlReader list)
    {
        if (!list.TryName(out AmlPath path) || !list.TryByte(out byte space))
            return false;
        bool isConstant = list.TryInteger(out ulong address);
        if ((!isConstant && !list.TrySkipData()) || !list.TrySkipData())
            return false;
        const byte systemIo = 1;
        if (isConstant && space == systemIo && path.Count != 0 && path[path.Count - 1] == s_pcst && address <= ushort.MaxValue)
            HotplugPorts = (ushort)address;
        return true;
    }

    private bool TryNamed(ref AmlReader list, AmlNode place)
    {
        if (!list.TryName(out AmlPath path))
            return false;
        AmlReader value = list;
        if (!list.TrySkipData())
            return false;
        Keep(place, path, ref value);
        return true;
    }

    /// <summary>A method that does nothing but return a constant is that constant's name.</summary>
    private bool TryMethod(ref AmlReader list, AmlNode place)
    {
        if (!list.TryPackage(out AmlReader inside))
            return false;
        if (inside.TryName(out AmlPath path) && inside.TrySkip(1) && inside.Peek == AmlOpcode.Return && inside.TrySkip(1))
            Keep(place, path, ref inside);
        return true;
    }

    private void Keep(AmlNode place, in AmlPath path, ref AmlReader value)
    {
        if (path.Count == 0)
            return;
        uint name = path[path.Count - 1];
        if ((name & 0xff) != '_' && name != s_bsel)
            return;
        if (Resolve(place, path, path.Count - 1, upwards: false) is not { } node)
            return;
        if (name == s_crs && value.TryBuffer(out ReadOnlySpan<byte> resources))
            node.Resources = resources.ToArray();
        else if (name == s_prt && value.TryElements(out AmlReader routing))
            node.Routing = routing.Rest.ToArray();
        else if (name == s_hid)
            node.HardwareId = ReadId(ref value);
        else if (name == s_cid)
            node.CompatibleId = ReadId(ref value);
        else if (value.TryInteger(out ulong number))
            Keep(node, name, number);
    }

    private static void Keep(AmlNode node, uint name, ulong number)
    {
        if (name == s_adr)
            node.Address = number;
        else if (name == s_bbn)
            node.BaseBus = (byte)number;
        else if (name == s_seg)
            node.Segment = (ushort)number;
        else if (name == s_cba)
            node.ConfigurationBase = number;
        else if (name == s_sta)
            node.Status = number;
        else if (name == s_bsel && number <= byte.MaxValue)
            node.Hotplug = (int)number;
    }

    private static AmlId ReadId(ref AmlReader value)
    {
        if (value.TryInteger(out ulong packed))
            return AmlId.FromPacked((uint)packed);
        return value.TryString(out ReadOnlySpan<byte> text) ? AmlId.FromText(text) : default;
    }

    /// <summary>The node that the first <paramref name="segments"/> of a path lead to, made where it is not there yet.</summary>
    /// <param name="place">Where a relative path begins.</param>
    /// <param name="path">The path.</param>
    /// <param name="segments">How many of its segments.</param>
    /// <param name="upwards">Whether a single segment may mean a node further up: a scope's may, a device's is a new name.</param>
    private AmlNode? Resolve(AmlNode place, in AmlPath path, int segments, bool upwards)
    {
        AmlNode node = path.Absolute ? Root : place;
        for (int i = 0; i < path.Parents; i++)
        {
            if (node.Parent is null)
                return null;
            node = node.Parent;
        }

        for (int i = 0; i < segments; i++)
        {
            bool single = segments == 1 && !path.Absolute && path.Parents == 0;
            AmlNode? known = (upwards && single ? Find(node, path[i]) : node.Child(path[i])) ?? Add(node, path[i]);
            if (known is null)
                return null;
            node = known;
        }

        return node;
    }

    private AmlNode? Add(AmlNode parent, uint name)
    {
        if (_nodes++ >= MostNodes)
            return null;
        AmlNode node = new(name, parent);
        if (parent.LastChild is null)
            parent.FirstChild = node;
        else
            parent.LastChild.NextSibling = node;
        parent.LastChild = node;
        return node;
    }
}
