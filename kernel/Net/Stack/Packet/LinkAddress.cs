using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Where a frame came from, or by which interface one is to leave, laid out as Linux's <c>sockaddr_ll</c> (packet(7)).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct LinkAddress
{
    /// <summary>Bytes in it.</summary>
    public const int Size = 20;

    /// <summary>AF_PACKET, as Linux numbers it.</summary>
    internal const uint PacketFamily = 17;

    private const uint EthernetHardware = 1;
    private const ulong AddressMask = (1UL << (8 * MacAddress.Size)) - 1;

    // What sll_pkttype says: to whom a frame was sent.
    private const uint ToThisHost = 0;
    private const uint ToEveryone = 1;
    private const uint ToGroup = 2;
    private const uint ToAnotherHost = 3;

    private readonly ushort _family;
    private readonly ushort _etherType;
    private readonly int _interfaceIndex;
    private readonly uint _kindAndLength;
    private readonly ulong _address;

    /// <summary>Describes a frame that came, in three stores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Write(ref byte address, byte* frame, NetworkInterface via)
    {
        ulong destination = ((EthernetHeader*)frame)->RawDestination;
        uint kind = destination == via.RawLinkAddress ? ToThisHost : KindOfOther(destination);
        uint etherType = Unsafe.ReadUnaligned<ushort>(frame + (2 * MacAddress.Size));
        Unsafe.WriteUnaligned(ref address, PacketFamily | (etherType << 16) | ((ulong)(uint)via.Index << 32));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref address, 8), EthernetHardware | (kind << 16) | ((uint)MacAddress.Size << 24));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref address, 12), Unsafe.ReadUnaligned<ulong>(frame + MacAddress.Size) & AddressMask);
    }

    /// <summary>The EtherType in transmission order; 0 for none.</summary>
    internal BigEndian16 RawEtherType => new(_etherType);

    /// <summary>The interface's <see cref="NetworkInterface.Index"/>; 0 for any.</summary>
    public int InterfaceIndex => _interfaceIndex;

    /// <summary>Whether it is of this kind at all.</summary>
    internal bool IsPacket => _family == PacketFamily;

    private static uint KindOfOther(ulong rawDestination)
    {
        if ((rawDestination & 1) == 0)
            return ToAnotherHost;
        return rawDestination == EthernetHeader.ToRaw(MacAddress.Broadcast) ? ToEveryone : ToGroup;
    }
}
