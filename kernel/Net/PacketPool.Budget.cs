using System;
using System.Runtime.CompilerServices;

namespace Guest.Net;

/// <summary>How many buffers may be kept: by sockets whose datagrams nobody has read yet, and by datagrams whose fragments have not all come.</summary>
/// <remarks>
/// Half of a pool may stand in a device's receive ring. Of the rest an eighth of the pool is never kept, so that there is always something to send
/// and to receive with. Who keeps may have twice as much as is left for others (the dynamic thresholds of Choudhury and Hahne,
/// 1998): a single one gets two thirds of the limit, of many each gets less, and none can take what a newcomer needs.
/// </remarks>
public sealed partial class PacketPool
{
    /// <summary>Buffers that are left to control traffic (ARP, DHCP, ICMP) by applications that send.</summary>
    internal const int ControlReserve = 4;

    private const int ShareOfOthers = 2;

    /// <summary>The most buffers that may be kept at once.</summary>
    internal int KeepLimit { get; }

    /// <summary>How many more may be kept now.</summary>
    internal int KeepRoom { get; private set; }

    /// <summary>Asks to keep one buffer, and counts it if that may be.</summary>
    /// <param name="own">How many the asker keeps already.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryKeep(int own)
    {
        int room = KeepRoom;
        if (own >= room * ShareOfOthers)
            return false;
        KeepRoom = room - 1;
        return true;
    }

    /// <summary>Asks to keep several buffers, and counts them if that may be.</summary>
    internal bool TryKeep(int own, int buffers)
    {
        if (buffers > KeepRoom || own + buffers > KeepRoom * ShareOfOthers)
            return false;
        KeepRoom -= buffers;
        return true;
    }

    /// <summary>Says that buffers are kept no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndKeeping(int buffers) => KeepRoom += buffers;

    private static int LimitFor(int count) => Math.Max(count * 3 / 8, 1);
}
